import { known } from '../boot/prepare.ts'
import { DEFAULTS } from '../cell/cell.ts'
import { loadedConfig } from '../config/load.ts'
import { flavours } from '../images/flavours.ts'
import { hostPackages } from '../images/host.ts'
import { knownFaults, knownSeries } from '../images/index.ts'
import { provocations } from '../goldens/table.ts'
import { findSpecs } from '../run/specs.ts'
import type { Candidates, Values } from './model.ts'

/** What fits an option or argument of that name, or of that placeholder. */
interface Row {
  /** `--kernel`; `bench name` is the argument `name` of `dmaspec bench`. */
  name: string
  words: () => readonly string[]
  files?: Candidates['files']
}

/** By name. Whoever adds an option whose values have names adds a row. */
export const named: readonly Row[] = [
  { name: '--kernel', words: knownSeries },
  { name: '--flavour', words: () => flavours().map(({ name }) => name) },
  { name: '--fault', words: () => knownFaults(DEFAULTS.kernel) },
  { name: '--platform', words: () => known().platforms },
  { name: '--overlay', words: overlays },
  { name: '--spec', words: () => findSpecs([]).map(({ name }) => name), files: 'files' },
  { name: '--target', words: () => [...loadedConfig().targets.keys()] },
  { name: '--tools', words: () => [...new Set(hostPackages.map(({ group }) => group))] },
  { name: 'goldens --name', words: () => provocations.map(({ name }) => name) },
  { name: '--memory', words: () => ['512M', '1G', '2G', '4G', '8G'] },
  { name: '--cpus', words: () => ['1', '2', '3', '4'] },
]

/** By what stands between the brackets in --help. */
const placeholders: Readonly<Record<string, Candidates['files']>> = {
  dir: 'folders',
  file: 'files',
  'file|url': 'files',
  path: 'files',
  FILE: 'files',
  A: 'files',
  B: 'files',
}

/** Those of dmaspec's own tables, and of others: the names of figures are the command line's. */
export function valuesOf(more: readonly Row[] = []): Values {
  const rows = [...more, ...named]
  return ({ command, name, placeholder }) => {
    const full = `${command.split(' ').at(-1)} ${name}`
    const row = rows.find(row => row.name === full || row.name === name)
    if (row) return { words: row.words(), files: row.files ?? 'none' }
    return { words: [], files: placeholders[placeholder] ?? 'none' }
  }
}

/** Of every board. */
function overlays(): string[] {
  const { platforms, overlays } = known()
  return [...new Set(platforms.flatMap(platform => overlays(platform)))].sort()
}
