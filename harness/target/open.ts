import type { Target } from '../config/target.ts'
import { openCommand } from './port-command.ts'
import type { Port } from './port.ts'
import { openSerial } from './port-serial.ts'
import { openTcp } from './port-tcp.ts'

/** Opens a target's console. An InfraError says what could not be opened, and why that may be. */
export function openPort({ console, folder }: Pick<Target, 'console' | 'folder'>): Promise<Port> {
  switch (console.kind) {
    case 'serial':
      return openSerial(console)
    case 'tcp':
      return openTcp(console)
    case 'command':
      return openCommand(console, folder)
  }
}
