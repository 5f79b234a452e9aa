import { spawn } from 'node:child_process'
import { guarded } from '../boot/qemu.ts'
import { InfraError } from '../errors.ts'
import { shellQuote } from '../cell/shell.ts'
import type { Port } from './port.ts'

/** Runs a program that is the console by its stdout and stdin. It ends with us, however we end. */
export async function openCommand({ argv }: { argv: readonly string[] }, folder: string): Promise<Port> {
  const name = argv.map(shellQuote).join(' ')
  const [command, ...args] = guarded(argv)
  // A group of its own: Ctrl-C is for us to handle, and all of it can be ended.
  const child = spawn(command, args, { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', error => reject(new InfraError(`the console ${name} can't be run: ${error.message}`)))
  })
  let stderr = ''
  child.stderr.on('data', (bytes: Buffer) => (stderr = (stderr + bytes.toString()).slice(-MOST_STDERR)))
  const exited = new Promise<string>(resolve =>
    child.once('close', (code, signal) => {
      const how = signal === null ? `exited ${code}` : `was killed by ${signal}`
      resolve(stderr.trim() === '' ? `it ${how}` : `it ${how}: ${stderr.trim()}`)
    }),
  )
  child.stdin.on('error', () => undefined)
  return {
    name,
    input: child.stdout,
    write: bytes => void child.stdin.write(bytes),
    closed: exited,
    close: async () => {
      try {
        if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL')
      } catch {
        // It has just ended by itself.
      }
      await exited
    },
  }
}

const MOST_STDERR = 4096
