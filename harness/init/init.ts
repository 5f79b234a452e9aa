import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { NAMES as CONFIGURATIONS } from '../config/find.ts'
import { CellError } from '../errors.ts'
import { isClone, projectRoot } from '../project.ts'
import { adviceFor, newPackageJson, type PackageAdvice } from './package-json.ts'
import { type CiService, type Template, templates, textOf } from './templates.ts'

/** A file that was written, or that was left as it is. */
export interface InitFile {
  /** From the folder. */
  path: string
  what: string
}

export interface InitResult {
  /** Absolute. */
  folder: string
  written: InitFile[]
  /** `what` says why. */
  kept: InitFile[]
  /** A command that adds a script to a package.json that was there; null if there is no need. */
  addScript: string | null
  /** Whether specs in the folder find the package `dmaspec`. */
  installed: boolean
}

/** A file to write, or why it is not. */
interface Planned extends InitFile {
  text: string
  keep: string | null
}

/**
 * Writes a first spec, an overlay, a configuration and workflows into a folder, which is made if it isn't there. What is
 * there already is left alone. A CellError says what can't be written; nothing is left then of what was.
 */
export function init(dir: string, ci: readonly CiService[]): InitResult {
  const folder = resolve(dir)
  refuseOwn(folder)
  const { advice, file } = packageJson(folder)
  const wanted = templates.filter(template => template.ci === undefined || ci.includes(template.ci))
  const planned = [...wanted.map(template => plan(folder, template, advice)), file]
  const written = planned.filter(({ keep }) => keep === null)
  writeAll(folder, written)
  return {
    folder,
    written: written.map(({ path, what }) => ({ path, what })),
    kept: planned.flatMap(({ path, keep }) => (keep === null ? [] : [{ path, what: keep }])),
    addScript: advice?.add ?? null,
    installed: isInstalled(folder),
  }
}

function refuseOwn(folder: string): void {
  if (isClone && join(folder, '/') === projectRoot)
    throw new CellError(`${folder} is dmaspec's own clone: name a folder of yours`)
  if (stateOf(folder)?.isDirectory() === false) throw new CellError(`${folder} is no folder`)
}

function stateOf(folder: string): Stats | undefined {
  try {
    return statSync(folder, { throwIfNoEntry: false })
  } catch (error) {
    throw new CellError(`can't look into ${folder}: ${(error as Error).message}`, { cause: error })
  }
}

function plan(folder: string, template: Template, advice: PackageAdvice | null): Planned {
  const { to: path, what } = template
  return { path, what, text: textOf(template), keep: reasonToKeep(folder, path, advice) }
}

function reasonToKeep(folder: string, path: string, advice: PackageAdvice | null): string | null {
  if (existsSync(join(folder, path))) return 'it is there already'
  if (path === '.taprc' && advice?.hasTap) return 'package.json configures tap'
  const other = CONFIGURATIONS.includes(path) && CONFIGURATIONS.find(name => existsSync(join(folder, name)))
  return other ? `there is a ${other}` : null
}

function packageJson(folder: string): { advice: PackageAdvice | null; file: Planned } {
  const file = { path: 'package.json', what: 'npm test runs the specs', text: newPackageJson(folder) }
  const there = join(folder, file.path)
  if (!existsSync(there)) return { advice: null, file: { ...file, keep: null } }
  const advice = adviceFor(readFileSync(there, 'utf8'))
  return { advice, file: { ...file, keep: advice ? 'it is there already' : 'it is no package.json' } }
}

/** Writes them all, or none. Whoever made one in the meantime keeps theirs. */
function writeAll(folder: string, files: readonly Planned[]): void {
  const made: string[] = []
  const written: string[] = []
  try {
    for (const { path, text } of files) {
      const file = join(folder, path)
      const first = mkdirSync(dirname(file), { recursive: true })
      if (first !== undefined) made.push(...foldersFrom(first, dirname(file)))
      writeFileSync(file, text, { flag: 'wx' })
      written.push(file)
    }
  } catch (error) {
    for (const file of written) rmSync(file, { force: true })
    for (const path of made.reverse()) rmdirSync(path)
    throw new CellError(`can't write into ${folder}: ${(error as Error).message}`, { cause: error })
  }
}

/** From the first folder that was made down to the last. */
function foldersFrom(first: string, last: string): string[] {
  return last === first ? [first] : [...foldersFrom(first, dirname(last)), last]
}

/** As node looks for it: in node_modules here, or in a folder above. */
function isInstalled(folder: string): boolean {
  if (existsSync(join(folder, 'node_modules/dmaspec/package.json'))) return true
  return dirname(folder) !== folder && isInstalled(dirname(folder))
}
