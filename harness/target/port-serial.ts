import { spawn } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { isatty, ReadStream, WriteStream } from 'node:tty'
import { InfraError } from '../errors.ts'
import { closing, type Port } from './port.ts'

/** Every byte as it comes, no echo, no flow control; modem lines are nobody's business, also when we leave. */
const RAW = 'raw -echo cs8 -parenb -cstopb -crtscts -ixon -ixoff clocal cread -hupcl'.split(' ')

/** Opens a serial line, for us alone. */
export async function openSerial({ path, baud }: { path: string; baud: number }): Promise<Port> {
  const name = `${path} at ${baud} baud`
  // Ours from here on: the lock is this descriptor's, and settings may go with the last that closes.
  const fd = openLine(path)
  try {
    if (!isatty(fd)) throw new InfraError(`${path} is no serial line`)
    if (!(await tool(fd, 'flock', ['--exclusive', '--nonblock', '0'])).ok)
      throw new InfraError(`${path} is in use by another program, as tio or picocom: leave that first`)
    const { ok, stderr } = await tool(fd, 'stty', [...RAW, String(baud)])
    if (!ok) throw new InfraError(`stty can't set ${name}: ${stderr}`)
    return portOf(fd, name, { input: openLine(path), output: openLine(path) })
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

function openLine(path: string): number {
  try {
    // Non-blocking: without, it would wait for a carrier.
    return openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new InfraError(`the serial line ${path} can't be opened: ${HINTS[code ?? ''] ?? message}`)
  }
}

const HINTS: Record<string, string> = {
  ENOENT: 'it is not there: is the adapter plugged in?',
  EACCES: 'permission denied: be in the group that owns it (dialout)',
  EBUSY: 'another program has it for itself',
}

/** `held` stays open as long as the port. The others are libuv's, which puts new open files in their place. */
function portOf(held: number, name: string, line: { input: number; output: number }): Port {
  const input = new ReadStream(line.input)
  const output = new WriteStream(line.output)
  const closed = closing(input, output)
  return {
    name,
    input,
    write: bytes => void output.write(bytes),
    closed,
    close: async () => {
      input.destroy()
      output.destroy()
      await closed
      closeSync(held)
    },
  }
}

/** Runs a tool on the line, which it has as its stdin. */
function tool(fd: number, command: string, args: string[]): Promise<{ ok: boolean; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: [fd, 'ignore', 'pipe'] })
    let stderr = ''
    child.stderr?.on('data', (bytes: Buffer) => (stderr += bytes.toString()))
    child.once('error', error => reject(new InfraError(`${command} can't be run: ${error.message}`)))
    child.once('close', code => resolve({ ok: code === 0, stderr: stderr.trim() }))
  })
}
