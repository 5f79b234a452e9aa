/** For tests: a boot loader that looks like U-Boot, down to what it says when it can't do what it is told. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What booti starts: as it was loaded. */
export interface Loaded {
  image: Buffer
  dtb: Buffer
  initrd: Buffer
  bootargs: string
}

export interface FakeUbootOptions {
  /** To the console. */
  print: (text: string) => void
  /** What tftpboot reads. */
  tftp: string
  boot: (loaded: Loaded) => void
  /** What is done when nobody stops it. */
  autoboot: () => void
  /** Milliseconds until then. */
  delay?: number
  /** Longer lines lose what is too much (CONFIG_SYS_CBSIZE). */
  longest?: number
}

const PROMPT = '=> '

export class FakeUboot {
  readonly #options: FakeUbootOptions
  readonly #memory = new Map<bigint, Buffer>()
  readonly #variables = new Map<string, string>()
  #line = ''
  #state: 'counting' | 'prompt' | 'gone' = 'counting'
  readonly #timer: NodeJS.Timeout

  constructor(options: FakeUbootOptions) {
    this.#options = options
    options.print(
      '\r\n\r\nU-Boot 2020.10 (Nov 23 2018 - 12:00:00 +0000)\r\n\r\nCPU: Renesas Electronics R8A7795 rev 2.0\r\nDRAM:  3.9 GiB\r\nNet:   eth0: ethernet@e6800000\r\nHit any key to stop autoboot:  2 \b\b\b 1 ',
    )
    this.#timer = setTimeout(() => {
      this.#state = 'gone'
      options.print('\b\b\b 0 \r\n')
      options.autoboot()
    }, options.delay ?? 1000)
  }

  /** What is typed. */
  key(bytes: Buffer): void {
    for (const char of bytes.toString('latin1')) {
      if (this.#state === 'counting') this.#stop()
      else if (this.#state === 'prompt') this.#char(char)
    }
  }

  off(): void {
    clearTimeout(this.#timer)
    this.#state = 'gone'
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#state = 'prompt'
    this.#options.print(`\b\b\b 0 \r\n${PROMPT}`)
  }

  #char(char: string): void {
    const { print, longest = 2048 } = this.#options
    if (char === '\x03') {
      this.#line = ''
      print(`<INTERRUPT>\r\n${PROMPT}`)
    } else if (char === '\r') {
      const line = this.#line.trim()
      this.#line = ''
      print('\r\n')
      this.#run(line)
      // setenv is at a prompt when it returns; what booted never comes back.
      if (this.#state === 'prompt') print(PROMPT)
    } else if (this.#line.length >= longest) print('\x07')
    else {
      this.#line += char
      print(char)
    }
  }

  #run(line: string): void {
    const { print } = this.#options
    for (const command of line.split(';')) {
      const [name = '', ...words] = [...command.trim().matchAll(/'([^']*)'|(\S+)/g)].map(
        ([, quoted, bare]) => quoted ?? this.#expand(bare ?? ''),
      )
      if (name === '') continue
      const run = this.#commands[name]
      if (!run) return print(`Unknown command '${name}' - try 'help'\r\n`)
      run(words)
    }
  }

  #expand(word: string): string {
    return word.replace(/\$\{(\w+)\}/g, (_, name: string) => this.#variables.get(name) ?? '')
  }

  readonly #commands: Record<string, (words: string[]) => void> = {
    setenv: ([name = '', ...value]) => void this.#variables.set(name, value.join(' ')),
    env: ([, , at = '', size = '']) => {
      const text = this.#memory.get(BigInt(at))?.subarray(0, parseInt(size, 16)).toString() ?? ''
      for (const line of text.split('\n')) {
        const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? []
        if (name !== undefined) this.#variables.set(name, value ?? '')
      }
    },
    tftpboot: ([at = '', file = '']) => this.#tftp(at, file),
    booti: ([image = '', initrd = '', dtb = '']) => this.#booti(image, initrd, dtb),
  }

  #tftp(at: string, file: string): void {
    const { print, tftp } = this.#options
    print(`Using ethernet@e6800000 device\r\nFilename '${file}'.\r\nLoad address: ${at}\r\nLoading: `)
    try {
      const bytes = readFileSync(join(tftp, file))
      this.#memory.set(BigInt(at), bytes)
      const size = bytes.length.toString(16)
      this.#variables.set('filesize', size)
      print(
        `${'#'.repeat(65)}\r\n\t 10 MiB/s\r\ndone\r\nBytes transferred = ${bytes.length} (${size} hex)\r\n`,
      )
    } catch {
      print(`*\b \r\nTFTP error: 'File not found' (1)\r\nNot retrying...\r\n`)
    }
  }

  #booti(at: string, initrdAt: string, dtbAt: string): void {
    const { print, boot } = this.#options
    const image = this.#memory.get(BigInt(at))
    // include/linux/… of arm64's Image: "ARM\x64" at byte 56
    if (image?.subarray(56, 60).toString('latin1') !== 'ARMd')
      return print('Bad Linux ARM64 Image magic!\r\n')
    const [where = '0', size = ''] = initrdAt.split(':')
    const initrd = this.#memory.get(BigInt(where))?.subarray(0, parseInt(size, 16))
    if (!initrd) return print('Ramdisk image is corrupt or invalid\r\n')
    const dtb = this.#memory.get(BigInt(dtbAt))
    if (dtb?.readUInt32BE(0) !== 0xd00dfeed)
      return print(
        'ERROR: Did not find a cmdline Flattened Device Tree\r\nCould not find a valid device tree\r\n',
      )
    print('## Flattened Device Tree blob at 48000000\r\n\r\nStarting kernel ...\r\n\r\n')
    this.#state = 'gone'
    boot({ image, dtb, initrd, bootargs: this.#variables.get('bootargs') ?? '' })
  }
}
