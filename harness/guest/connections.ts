import type ssh2 from 'ssh2'

/**
 * Connections into a guest, each for one command at a time. Over a single one, commands would not be safe from each
 * other: when one ends, dropbear (2022.83, check_close() and sesscheckclose()) closes the channels whose command it has
 * not begun, too, and dies of what still comes for them.
 */
export class Connections {
  readonly #connect: () => Promise<ssh2.Client>
  readonly #all = new Set<ssh2.Client>()
  readonly #idle: ssh2.Client[] = []
  #last: Promise<unknown> = Promise.resolve()
  #ended = false

  /** `connect` logs in once more: for a command while others run. */
  constructor(first: ssh2.Client, connect: () => Promise<ssh2.Client>) {
    this.#connect = connect
    this.#add(first)
    this.#idle.push(first)
  }

  /** Works on a connection that nobody else has. What fails leaves it to nobody: its command may still run. */
  async use<T>(work: (client: ssh2.Client) => Promise<T>): Promise<T> {
    const client = this.#idle.pop() ?? (await this.#more())
    const done = await work(client)
    if (this.#all.has(client)) this.#idle.push(client)
    return done
  }

  end(): void {
    this.#ended = true
    for (const client of this.#all) client.end()
  }

  /** One after another: an sshd lets few wait at its door. */
  #more(): Promise<ssh2.Client> {
    const more = this.#last.then(async () => this.#idle.pop() ?? this.#add(await this.#connect()))
    this.#last = more.catch(() => undefined)
    return more
  }

  #add(client: ssh2.Client): ssh2.Client {
    this.#all.add(client)
    client.once('close', () => {
      this.#all.delete(client)
      const at = this.#idle.indexOf(client)
      if (at !== -1) this.#idle.splice(at, 1)
    })
    if (this.#ended) client.end()
    return client
  }
}
