import { connect, type Socket } from 'node:net'
import { Transform } from 'node:stream'
import { InfraError } from '../errors.ts'
import { closing, type Port } from './port.ts'
import { Telnet } from './telnet.ts'

/** How long a console server may take to answer, in milliseconds. */
const CONNECT_MS = 10_000

/** Connects to a port of a console server: raw, or telnet (ser2net, conserver, a terminal server). */
export async function openTcp({ host, port }: { host: string; port: number }): Promise<Port> {
  const name = `${host}:${port}`
  const socket = await connected(host, port, name)
  const telnet = new Telnet()
  const input = new Transform({
    transform(bytes: Buffer, _, done) {
      const { data, reply } = telnet.feed(bytes)
      if (reply.length > 0) socket.write(reply)
      done(null, data)
    },
  })
  socket.pipe(input)
  const closed = closing(socket, socket)
  return {
    name,
    input,
    write: bytes => void socket.write(telnet.escape(bytes)),
    closed,
    close: async () => {
      socket.destroy()
      await closed
    },
  }
}

function connected(host: string, port: number, name: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      socket.destroy()
      reject(new InfraError(`the console server ${name} can't be reached: ${why}`))
    }
    const socket = connect({ host, port, noDelay: true, keepAlive: true })
    const timer = setTimeout(() => fail(`no answer in ${CONNECT_MS / 1000} s`), CONNECT_MS)
    socket.once('connect', () => {
      socket.off('error', refused)
      clearTimeout(timer)
      resolve(socket)
    })
    const refused = (error: Error) => {
      clearTimeout(timer)
      fail(error.message)
    }
    socket.once('error', refused)
  })
}
