/** Talks to U-Boot: stops it, types commands, and hears what comes of them. */
import type { Target } from '../config/target.ts'
import { InfraError } from '../errors.ts'
import type { BoardConsole, Seen } from './console.ts'
import { isBootLoader, MOST_LOADERS, ubootError } from './uboot-errors.ts'

export type Uboot = Extract<Target['boot'], { kind: 'uboot' }>

/** So much is typed before its echo is waited for: a UART's FIFO holds that much while U-Boot does something else. */
const PIECE = 16
/** How long U-Boot may take to echo what it reads. */
const MOST_ECHO_SECONDS = 10
/** A key that was pressed too early is lost: so often it is pressed until the prompt is there. */
const STOP_SECONDS = 1

export interface UbootOptions {
  timeouts: Target['timeouts']
  signal?: AbortSignal | undefined
  /** Told each command as it is typed. */
  note: (line: string) => void
}

/**
 * Takes a board from power on to the first words of its kernel; returns how many lines came before the command that
 * started it was entered. An InfraError says what U-Boot said instead.
 */
export async function throughUboot(
  console: BoardConsole,
  uboot: Uboot,
  commands: readonly string[],
  { timeouts, signal, note }: UbootOptions,
): Promise<number> {
  const { prompt, errors } = uboot
  const echoSeconds = Math.min(MOST_ECHO_SECONDS, timeouts.command)
  const watched = new Watched(errors)
  const until = <T>(look: (seen: Seen) => T | undefined, seconds: number, missing: string) =>
    console.until(
      seen => {
        watched.check(seen)
        return look(seen)
      },
      { seconds: Math.min(seconds, timeouts.boot - console.now), missing, signal },
    )
  // A key that came after the prompt is echoed behind it.
  const bare = (line: string) => line.split(uboot.stopAutoboot).join('').trimEnd()
  const prompted = ({ tail }: Seen) => bare(tail).endsWith(bare(prompt)) || undefined

  await until(
    seen => heard(seen, uboot.autoboot) || prompted(seen),
    timeouts.command,
    `U-Boot did not say '${uboot.autoboot}'`,
  )
  await stop()
  for (const command of commands.slice(0, -1)) {
    await type(command)
    await until(
      prompted,
      timeouts.command,
      `'${shown(command)}' did not end: U-Boot's prompt '${prompt}' did not come`,
    )
  }
  const last = commands.at(-1) ?? ''
  await type(last)
  await until(
    seen => {
      if (seen.lines.slice(watched.from).some(({ text }) => KERNEL.test(text))) return true
      if (prompted(seen)) throw watched.error(`'${shown(last)}' came back to the prompt, and booted nothing`)
      return undefined
    },
    timeouts.command,
    `'${shown(last)}' started no kernel`,
  )
  return watched.from

  async function stop(): Promise<void> {
    for (let left = timeouts.command; ; left -= STOP_SECONDS) {
      if (!prompted(console)) console.write(uboot.stopAutoboot)
      const most = Math.min(left, STOP_SECONDS)
      const found = await until(prompted, most, NO_PROMPT).catch((error: unknown) => {
        if (left <= STOP_SECONDS || !(error instanceof InfraError) || !error.message.startsWith(NO_PROMPT))
          throw error
        return false
      })
      if (found) return clearLine()
    }
  }

  /** Ctrl-C: what was pressed too late is no part of a command. */
  async function clearLine(): Promise<void> {
    if (console.tail.endsWith(prompt)) return
    console.write('\x03')
    await until(({ tail }) => tail.endsWith(prompt) || undefined, echoSeconds, NO_PROMPT)
  }

  /** Types a command, piece by piece as it is echoed, so that nothing is lost, and enters it. */
  async function type(command: string): Promise<void> {
    note(command)
    for (let at = 0; at < command.length; at += PIECE) {
      console.write(command.slice(at, at + PIECE))
      const echo = command.slice(0, at + PIECE)
      await until(
        ({ tail }) => tail.endsWith(echo) || undefined,
        echoSeconds,
        `U-Boot did not echo '${shown(command)}' (does it have a limit for a line's length? {env} is shorter than {bootargs})`,
      )
    }
    watched.from = console.lines.length
    console.write('\r')
    // The echo's own line ends now: a prompt that comes after it is a new one.
    await until(({ lines }) => lines.length > watched.from || undefined, echoSeconds, 'U-Boot did not go on')
  }
}

/** The first words of a kernel, or of who starts it (arch/arm/lib/bootm.c). */
const KERNEL = /^\s*Starting kernel \.\.\.|Booting Linux on physical CPU|^\[ {4}0\.000000\]/
const NO_PROMPT = "U-Boot's prompt did not come"

function heard({ lines, tail }: Seen, text: string): boolean | undefined {
  return tail.includes(text) || lines.some(line => line.text.includes(text)) || undefined
}

/** A command as an error has it: a kernel's command line is long. */
const shown = (command: string) => (command.length > 70 ? `${command.slice(0, 67)}…` : command)

/** Each line is judged once. */
class Watched {
  /** The first line that belongs to the command that was typed last. */
  from = 0
  #checked = 0
  #loaders = 0
  readonly #errors: readonly RegExp[]

  constructor(errors: readonly RegExp[]) {
    this.#errors = errors
  }

  check({ lines }: Seen): void {
    for (; this.#checked < lines.length; this.#checked++) {
      const { text } = lines[this.#checked]!
      const wrong = ubootError(text, this.#errors)
      if (wrong !== null) throw this.error(wrong)
      // SPL, the firmware and U-Boot itself each have a first line.
      if (isBootLoader(text) && ++this.#loaders > MOST_LOADERS)
        throw this.error('the board is reset again and again before its kernel starts')
    }
  }

  error(why: string): InfraError {
    return new InfraError(why)
  }
}
