import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, relative, resolve, sep } from 'node:path'
import { unknown } from '../cell/suggest.ts'
import { loadedConfig } from '../config/load.ts'
import { CellError } from '../errors.ts'
import { projectRoot } from '../project.ts'
import { globPattern, isGlob } from './glob.ts'
import type { SpecFile } from './plan.ts'

const SPEC = /\.spec\.(ts|mts|js|mjs)$/
/** Never searched for specs. */
const SKIPPED = /^(node_modules|\..*)$/

export interface SpecPlaces {
  /** What globs that are paths are relative to. */
  cwd?: string
  /** The folder of dmaspec's own. */
  own?: string
  /** What dmaspec.config.ts says, and the folder that its globs are relative to. */
  config?: { specs: readonly string[]; folder: string }
}

/**
 * The spec files that these globs name, sorted by name; if there are none, those of dmaspec.config.ts, or else all of
 * dmaspec's own. A glob names specs of either by their names (`sata-*`), and files, or folders of them, anywhere
 * (`~/mine/*.spec.ts`). One that names nothing is a CellError.
 */
export function findSpecs(
  globs: readonly string[],
  { cwd = process.cwd(), own = join(projectRoot, 'specs'), config = loadedConfig() }: SpecPlaces = {},
): SpecFile[] {
  const ours = below(own).map(spec)
  const theirs = config.specs.flatMap(glob => match(glob, ours, config.folder))
  const named = [...new Map([...theirs, ...ours].map(each => [each.file, each])).values()]
  const all = theirs.length > 0 ? theirs : ours
  const found = globs.length === 0 ? all : globs.flatMap(glob => match(glob, named, cwd))
  const files = new Map(found.map(each => [each.file, each]))
  return [...files.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function match(glob: string, known: readonly SpecFile[], cwd: string): SpecFile[] {
  const byName = known.filter(({ name }) => globPattern(glob).test(name))
  const files = isGlob(glob) ? expand(glob, cwd) : named(resolve(cwd, glob))
  const found = [...byName, ...files.map(spec)]
  if (found.length > 0) return found
  throw new CellError(
    unknown(
      'spec',
      glob,
      known.map(({ name }) => name),
    ),
  )
}

/** A file whatever it is called, or the specs in a folder. */
function named(path: string): string[] {
  if (!existsSync(path)) return []
  return statSync(path).isDirectory() ? below(path) : [path]
}

/** The specs whose paths match, searched from the last folder that the glob says in full. */
function expand(glob: string, cwd: string): string[] {
  const parts = resolve(cwd, glob).split(sep)
  const first = parts.findIndex(isGlob)
  const folder = parts.slice(0, first).join(sep) || sep
  const pattern = globPattern(parts.slice(first).join('/'))
  return below(folder).filter(file => pattern.test(relative(folder, file)))
}

function below(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !SKIPPED.test(name))
    .flatMap(entry => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return below(path)
      return SPEC.test(entry.name) ? [path] : []
    })
}

function spec(file: string): SpecFile {
  const name = basename(file)
    .replace(SPEC, '')
    .replace(/\.[mc]?[jt]s$/, '')
  // It is part of paths and of ids.
  if (!/^[A-Za-z0-9_][\w.+-]*$/.test(name)) {
    throw new CellError(
      `the spec ${JSON.stringify(file)} needs another name: letters, digits, '.', '_', '+' and '-'`,
    )
  }
  return { name, file }
}
