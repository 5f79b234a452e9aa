/**
 * For tests: a board that isn't one. Its console is a pty, a TCP port or both, its power switch a command; what it boots
 * runs in QEMU, or is whatever a test says.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { guarded, startQemu, type Qemu } from '../boot/qemu.ts'
import { FakeUboot, type Loaded } from './fake-uboot.ts'

export interface FakeBoardOptions {
  folder: string
  /** The command that runs what U-Boot has loaded. */
  argvOf: (loaded: Loaded) => string[]
  /** What it boots by itself: a command. */
  own?: () => string[]
  /** Printed at power on, before U-Boot. */
  noise?: Buffer
  /** Nothing is ever printed. */
  dead?: boolean
  /** What TCP clients are greeted with. */
  greeting?: Buffer
  uboot?: { longest?: number; delay?: number }
}

export class FakeBoard implements AsyncDisposable {
  /** Each switch that was thrown. */
  readonly switched: string[] = []
  /** What its TFTP server serves. */
  tftp: string
  readonly #options: FakeBoardOptions
  readonly #clients = new Set<Socket>()
  readonly #servers: Server[] = []
  #pty: ChildProcess | null = null
  #uboot: FakeUboot | null = null
  #qemu: Qemu | null = null
  /** How often it was started, by power or by a reset. */
  starts = 0
  #on = false
  #ran: () => void = () => undefined
  /** Settles when U-Boot has started a kernel. */
  readonly running = new Promise<void>(resolve => (this.#ran = resolve))

  constructor(options: FakeBoardOptions) {
    this.#options = options
    this.tftp = options.folder
  }

  get isOn(): boolean {
    return this.#on
  }

  /** A serial line: script(1) has its other end. Returns its path. */
  async serial(): Promise<string> {
    const name = join(this.#options.folder, 'tty')
    const [command, ...args] = guarded(['script', '-qfec', `tty >'${name}'; exec sleep 100000`, '/dev/null'])
    this.#pty = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
    this.#pty.stdout?.on('data', () => undefined)
    this.#pty.stdin?.on('error', () => undefined)
    for (;;) {
      const path = await readFile(name, 'utf8').catch(() => '')
      if (path.endsWith('\n')) {
        this.#pty.stdout?.removeAllListeners('data').on('data', (bytes: Buffer) => this.#type(bytes))
        return path.trim()
      }
      await new Promise(resolve => setTimeout(resolve, 10))
    }
  }

  /** A console server's port. */
  async tcp(): Promise<number> {
    return this.#listen(client => {
      if (this.#options.greeting) client.write(this.#options.greeting)
      this.#clients.add(client)
      client.on('data', bytes => this.#type(bytes))
      client.on('close', () => this.#clients.delete(client))
      client.on('error', () => undefined)
    })
  }

  /** The command for a switch: it returns when the board has obeyed. */
  async power(): Promise<(what: string) => string[]> {
    const port = await this.#listen(client => {
      client.on('data', bytes => {
        void this.switch(bytes.toString().trim()).then(() => client.end())
      })
    })
    // bash has sockets, and starts at once.
    return what => ['bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/${port}; echo ${what} >&3; cat <&3`]
  }

  async switch(what: string): Promise<void> {
    this.switched.push(what)
    if (what !== 'on') await this.#off()
    if (what !== 'off') this.#start()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#off()
    for (const server of this.#servers) server.close()
    for (const client of this.#clients) client.destroy()
    if (this.#pty?.pid !== undefined) process.kill(-this.#pty.pid, 'SIGKILL')
  }

  /** To the console, whoever listens. */
  print(text: string | Buffer): void {
    if (this.#options.dead) return
    this.#pty?.stdin?.write(text)
    for (const client of this.#clients) client.write(text)
  }

  /** Unplugs the console. */
  unplug(): void {
    for (const client of this.#clients) client.destroy()
  }

  #type(bytes: Buffer): void {
    if (this.#qemu) this.#qemu.serial?.write(bytes)
    else this.#uboot?.key(bytes)
  }

  #start(): void {
    this.#on = true
    this.starts++
    const { noise, argvOf, own, uboot } = this.#options
    if (noise) this.print(noise)
    this.#uboot = new FakeUboot({
      ...uboot,
      print: text => this.print(text),
      tftp: this.tftp,
      boot: loaded => this.#run(argvOf(loaded)),
      autoboot: () => own && this.#run(own()),
    })
  }

  #run(argv: string[]): void {
    const qemu = startQemu(argv, bytes => this.print(bytes), { serial: true })
    this.#qemu = qemu
    this.#ran()
    // The monitor's, which nobody uses here.
    qemu.monitor.on('error', () => undefined)
    qemu.serial?.on('error', () => undefined)
    void qemu.exited.then(({ stderr }) => {
      if (stderr !== '') process.stderr.write(`${stderr}\n`)
      if (this.#qemu !== qemu) return
      this.#qemu = null
      // A reset, and the boot loader comes again.
      if (this.#on) this.#start()
    })
  }

  async #off(): Promise<void> {
    this.#on = false
    this.#uboot?.off()
    const qemu = this.#qemu
    this.#qemu = null
    await qemu?.terminate()
  }

  async #listen(serve: (client: Socket) => void): Promise<number> {
    const server = createServer({ noDelay: true }, serve)
    this.#servers.push(server)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }
}

/** A script in QEMU's place: it has what was loaded beside it, and $bootargs and $nonce. */
export function scripted(folder: string, script: string): (loaded: Loaded) => string[] {
  return ({ bootargs }) => {
    const nonce = /dmaspec\.nonce=(\w+)/.exec(bootargs)?.[1] ?? ''
    const file = join(folder, 'kernel.sh')
    writeFileSync(file, `bootargs='${bootargs}'\nnonce=${nonce}\n${script}\n`)
    return ['sh', file]
  }
}
