import type { Line } from '../input/line.ts'
import { own } from '../text.ts'
import { diskMessages, type DiskMessage } from './messages.ts'

/** A disk that failed to come up. */
export interface Ailment {
  /** libata's words: `ata1.00: qc timeout after 5000 msecs (cmd 0xec), failed to IDENTIFY (I/O error, err_mask=0x4)`. */
  why: string
  /** It is dead if it is not up within so many seconds. */
  patience: number
}

/** Of a port that says more than this before it is well, the last words are told. */
const MOST_WORDS = 3
/** Of ports, and of a message: the log may be anyone's. */
const MOST_PORTS = 64
const MOST_CHARACTERS = 120

/** `ata1: ` or `ata1.00: `; the port is the first group. */
const DEVICE = /^(ata\d{1,4})(?:\.\d{2})?: /

/** Follows what libata says of each port's disk. */
export class DiskHealth {
  readonly #ports = new Map<string, { words: string[]; ailment: Ailment | null }>()
  #last: string | null = null

  line({ text }: Line): void {
    if (!text.startsWith('ata')) return
    const [prefix = '', port = ''] = DEVICE.exec(text) ?? []
    if (port === '') return
    const message = diskMessages.find(message => text.startsWith(message.text, prefix.length))
    if (message) this.#say(port, prefix.slice(0, -2), text.slice(prefix.length), message)
  }

  /** The disk that last failed and has not come up since; null if none is in such a state. */
  get ailment(): Ailment | null {
    return (this.#last === null ? null : this.#ports.get(this.#last)?.ailment) ?? null
  }

  #say(port: string, device: string, text: string, { means, patience }: DiskMessage): void {
    if (means === 'well') {
      this.#ports.delete(port)
      if (this.#last === port) this.#last = [...this.#ports.keys()].at(-1) ?? null
      return
    }
    if (!this.#ports.has(port) && this.#ports.size >= MOST_PORTS) return
    const { words = [], ailment = null } = this.#ports.get(port) ?? {}
    // A try that fails as the one before it did is not told twice.
    const said = own(text.trimEnd().slice(0, MOST_CHARACTERS))
    const told = [...words.filter(word => word !== said), said].slice(-MOST_WORDS)
    const why = `${device}: ${told.join(', ')}`
    const now = means === 'sign' ? ailment : { why, patience }
    this.#ports.set(own(port), { words: told, ailment: now })
    if (now) this.#last = own(port)
  }
}
