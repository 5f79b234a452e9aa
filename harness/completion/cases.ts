import type { Candidates, CompletionCommand } from './model.ts'

/**
 * How a shell finds out what fits at the cursor, for all shells the same. It reads the words before it one by one and
 * keeps where it is (`at`, a command's path), the option that waits for its value (`wants`), and how many arguments
 * there were; `at` and a word after a blank are looked up in these lists.
 */
export interface Cases {
  /** A word that leads on to a command: `dmaspec cache list`. */
  commands: readonly string[]
  /** An option whose value is the next word: `dmaspec boot --kernel`. */
  options: readonly string[]
  /** What fits: where an option waits (`dmaspec boot --kernel`), or at the nth argument (`dmaspec diff`, 0). */
  offers: readonly { places: readonly Place[]; candidates: Candidates }[]
}

export interface Place {
  path: string
  /** The option's flag; or the position of the argument, or the first of those that it stands for. */
  at: string | number
  isVariadic: boolean
}

export function casesOf(commands: readonly CompletionCommand[]): Cases {
  const taking = commands.flatMap(({ path, options }) =>
    options.flatMap(({ flags, value }) => (value ? flags.map(flag => ({ path, flag, value })) : [])),
  )
  const offered = [
    ...taking.map(({ path, flag, value }) => ({ place: { path, at: flag, isVariadic: false }, value })),
    ...commands.flatMap(({ path, arguments: list }) =>
      list.map((value, at) => ({ place: { path, at, isVariadic: value.isVariadic }, value })),
    ),
  ]
  const offers = new Map<string, { places: Place[]; candidates: Candidates }>()
  for (const { place, value } of offered) {
    const { words, files } = value
    const key = JSON.stringify([words, files])
    const same = offers.get(key) ?? { places: [], candidates: { words, files } }
    same.places.push(place)
    offers.set(key, same)
  }
  return {
    commands: commands.flatMap(({ path, commands }) => commands.map(({ name }) => `${path} ${name}`)),
    options: taking.map(({ path, flag }) => `${path} ${flag}`),
    offers: [...offers.values()].filter(
      ({ candidates: { words, files } }) => words.length > 0 || files !== 'none',
    ),
  }
}

/** A word for any of the shells. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

export const quoteAll = (texts: readonly string[], between = ' ') => texts.map(quote).join(between)
