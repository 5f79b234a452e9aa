/** What is wrong with a line of the driver's. */
export class BadLine extends Error {}

/** The most that a line of the driver's may have; printk cuts at about 1000 characters. */
const MOST_FIELDS = 32

/**
 * `key=value` by blanks; a value may be in double quotes. Nothing is guessed: a word that is no field, a field twice or a
 * number that is none is a BadLine.
 */
export class Fields {
  readonly #values = new Map<string, string>()

  constructor(text: string) {
    const field = / *([a-z][a-z0-9-]{0,31})=("[^"]{0,1024}"|[^\s"]{0,256})(?= |$)/y
    let at = 0
    while (text.slice(at).trim() !== '') {
      field.lastIndex = at
      const [all = '', name = '', value = ''] = field.exec(text) ?? []
      if (all === '') throw new BadLine(`no field at '${text.slice(at).trim().slice(0, 40)}'`)
      if (this.#values.has(name)) throw new BadLine(`'${name}' is there twice`)
      if (this.#values.size === MOST_FIELDS) throw new BadLine(`more than ${MOST_FIELDS} fields`)
      this.#values.set(name, value.startsWith('"') ? value.slice(1, -1) : value)
      at += all.length
    }
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  text(name: string): string {
    const value = this.#values.get(name)
    if (value === undefined) throw new BadLine(`no '${name}'`)
    return value
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T {
    const value = this.text(name)
    const choice = choices.find(each => each === value)
    if (choice === undefined) throw new BadLine(`'${name}' is '${value}', not one of ${choices.join(', ')}`)
    return choice
  }

  /** An address, a size or a sum: `0x…`, 64 bits at most. */
  hex(name: string): bigint {
    const value = this.text(name)
    if (!/^0x[0-9a-f]{1,16}$/.test(value)) throw new BadLine(`'${name}' is '${value}', no 0x number`)
    return BigInt(value)
  }

  /** A count, an id, a seq. */
  number(name: string): number {
    const value = this.text(name)
    if (!/^\d{1,10}$/.test(value)) throw new BadLine(`'${name}' is '${value}', no number`)
    return Number(value)
  }

  /** `-12`: an errno as the kernel returns it. */
  errno(name: string): number {
    const value = this.text(name)
    if (!/^-?\d{1,10}$/.test(value)) throw new BadLine(`'${name}' is '${value}', no number`)
    return Number(value)
  }
}
