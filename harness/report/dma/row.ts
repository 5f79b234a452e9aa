import { compile, type Format } from './format.ts'
import type { IommuFault } from '../report.ts'

export type Values = Record<string, bigint | string>

/** What a fault's own values say of it; the rest of IommuFault the reader knows. */
export type Syndrome = Partial<Omit<IommuFault, 'line' | 'boot'>>

/** A message as it is in a table. */
export interface RowOf {
  /** Kebab-case; docs/report-dma.md lists them. */
  kind: string
  /** The kernel's printk format, without pr_fmt, `\n` and leading blanks. */
  format: string
  /**
   * What its conversions are, in order: `@name` an address of memory or of a bus, `^name` one that is virtual (the
   * CPU's, or an IOMMU's), `name` another value, `-` nothing of interest. `device`, `mask`, `busLimit`, `size`,
   * `sizeKiB` and `sizeMiB` go into the fields of that name too.
   */
  names?: string
  /** The names of `name=value` pairs that are addresses: as in `names`. Given, all pairs of the message are read. */
  pairs?: string
  /** What it says besides: `[DMA Read]` is a read. */
  says?: Values
  /** Function, of the file that the table names. */
  in: string
  /** `4.19-`: since 4.19; `-4.18`: up to 4.18, from 4.4 at the latest. */
  versions: string
  /** True for what went wrong. */
  error?: boolean
  /** Says that the IOMMU refused a transfer: decoded from the values. */
  fault?: (values: Values) => Syndrome
  /** What it tells of the memory map, under which name; `name` among the values goes first. */
  memory?: { into: 'zones' | 'ram' | 'reserved'; name: string }
  /** Is for the memory map, and no fact of its own. */
  silent?: boolean
  /** What it changes beyond being a fact. */
  effect?: Effect
}

/** What some messages change in the report: dma/facts.ts does it. */
export type Effect =
  | 'join-group'
  | 'leave-group'
  | 'context'
  | 'page-table'
  | 'event'
  | 'event-word'
  | 'event-decoded'
  | 'event-access'
  | 'detail'
  | 'mapped-at'

/** What the rows of a table have in common. */
export interface Common {
  family: 'dma' | 'iommu'
  file: string
  /** Who says it: the first word or words of the line, of any number of drivers; all of them without. */
  by?: string | readonly string[]
  /** The driver if the line names none. */
  driver?: string
}

export interface Row extends RowOf, Omit<Common, 'by'> {
  compiled: Format
  by: readonly string[] | null
  roles: readonly Role[]
  pairRoles: readonly Role[] | null
}

export interface Role {
  name: string
  address: 'place' | 'virtual' | null
}

/** All that a row may have, in one order: V8 reads objects several times as fast if all of them are alike. */
const BLANK = {
  ...{ kind: undefined, format: undefined, names: undefined, pairs: undefined, says: undefined },
  ...{ in: undefined, versions: undefined, error: undefined, fault: undefined, memory: undefined },
  ...{ silent: undefined, effect: undefined, family: undefined, file: undefined, driver: undefined },
  ...{ compiled: undefined, by: undefined, roles: undefined, pairRoles: undefined },
} satisfies Record<keyof Row, undefined>

/** Makes the rows of a table. */
export function rows({ by, ...common }: Common, table: readonly RowOf[]): Row[] {
  return table.map(row => ({
    ...(BLANK as object),
    ...common,
    ...row,
    by: by === undefined ? null : typeof by === 'string' ? [by] : by,
    compiled: compile(row.format),
    roles: roles(row.names),
    // dma-debug's names have blanks: `[device address=…]`.
    pairRoles: row.pairs === undefined ? null : roles(row.pairs).map(spaced),
  }))
}

function spaced({ name, address }: Role): Role {
  return { name: name.replaceAll('_', ' '), address }
}

function roles(names = ''): Role[] {
  return names
    .split(' ')
    .filter(token => token !== '')
    .map(token => {
      const address = token.startsWith('@') ? 'place' : token.startsWith('^') ? 'virtual' : null
      return { name: address ? token.slice(1) : token, address }
    })
}
