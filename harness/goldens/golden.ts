import type { OopsKind } from '../report/report.ts'
import { CellError } from '../errors.ts'
import type { Provocation } from './provocation.ts'

/** A crash that a golden's header promises. */
export interface GoldenCrash {
  kinds: readonly OopsKind[]
  symbol: string | null
  fatal: boolean | null
}

/** What a golden's console shows, as its row has it. */
export interface GoldenFacts {
  /** In words. */
  shows: string
  crashes: readonly GoldenCrash[]
  more: boolean
  panic: string | null
  spoofed: boolean
}

/** A golden: facts, and the console that has them. */
export interface Golden extends GoldenFacts {
  /** `6.1.192`. */
  kernel: string
  /** `6.1+crash`. */
  built: string
  /** How it was provoked. */
  trigger: string
  bootargs: string
  /** How it was cut. */
  cut: string
  /** The console's lines. */
  lines: readonly string[]
}

/** What a row expects. */
export function factsOf({ shows, crashes, more, panic, spoofed }: Provocation): GoldenFacts {
  return {
    shows,
    crashes: crashes.map(({ kind, symbol, fatal }) => ({
      kinds: typeof kind === 'string' ? [kind] : kind,
      symbol,
      fatal,
    })),
    more: more ?? false,
    panic: panic ?? null,
    spoofed: spoofed ?? false,
  }
}

/** The file's text: `# name: value` lines, then the console. */
export function writeGolden(golden: Golden): string {
  const { crashes, more, panic, spoofed } = golden
  const header = [
    `shows: ${golden.shows}`,
    `kernel: ${golden.kernel}`,
    `built: ${golden.built}`,
    `trigger: ${golden.trigger}`,
    ...(golden.bootargs === '' ? [] : [`bootargs: ${golden.bootargs}`]),
    ...(crashes.length === 0 ? ['crash: none'] : crashes.map(crash => `crash: ${showCrash(crash)}`)),
    ...(more ? ['more: yes'] : []),
    ...(panic === null ? [] : [`panic: ${panic}`]),
    ...(spoofed ? ['spoofed: yes'] : []),
    `cut: ${golden.cut}`,
  ]
  return [...header.map(line => `# ${line}`), ...golden.lines, ''].join('\n')
}

/** Reads what writeGolden() wrote; a CellError if the header lacks something. */
export function readGolden(text: string, file: string): Golden {
  const all = text.split('\n')
  const end = all.findIndex(line => !line.startsWith('# '))
  const header = all.slice(0, end).map(line => {
    const at = line.indexOf(': ')
    return [line.slice(2, at), line.slice(at + 2)] as const
  })
  const find = (name: string) => header.find(([known]) => known === name)?.[1]
  const need = (name: string) => {
    const value = find(name)
    if (value === undefined) throw new CellError(`${file}: its header has no '# ${name}:'`)
    return value
  }
  const crashes = header.filter(([name, value]) => name === 'crash' && value !== 'none')
  if (crashes.length === 0) need('crash')
  return {
    shows: need('shows'),
    kernel: need('kernel'),
    built: need('built'),
    trigger: need('trigger'),
    bootargs: find('bootargs') ?? '',
    crashes: crashes.map(([, value]) => readCrash(value)),
    more: find('more') === 'yes',
    panic: find('panic') ?? null,
    spoofed: find('spoofed') === 'yes',
    cut: need('cut'),
    lines: all.slice(end, -1),
  }
}

/** `null-deref, fatal, in lkdtm_EXCEPTION`; of several kinds `panic|internal-error`. */
function showCrash({ kinds, symbol, fatal }: GoldenCrash): string {
  const words = [kinds.join('|')]
  if (fatal !== null) words.push(fatal ? 'fatal' : 'not fatal')
  if (symbol !== null) words.push(`in ${symbol}`)
  return words.join(', ')
}

function readCrash(text: string): GoldenCrash {
  const [kinds = '', ...words] = text.split(', ')
  return {
    kinds: kinds.split('|') as OopsKind[],
    symbol: words.find(word => word.startsWith('in '))?.slice(3) ?? null,
    fatal: words.includes('fatal') ? true : words.includes('not fatal') ? false : null,
  }
}
