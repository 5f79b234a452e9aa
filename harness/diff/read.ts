import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import type { z } from 'zod'
import { CellError, describeCell } from '../errors.ts'
import { cleanLine } from './clean.ts'
import { readResults } from '../results/read.ts'
import type { BootRecord } from '../results/result.ts'
import type { KeptBoot } from './boot.ts'
import type { Named } from './diff.ts'
import type { RunSide } from './runs.ts'
import { bootSchema } from './schema.ts'

/** What one argument of `dmaspec diff` names. */
export type Side = (RunSide & { is: 'run' }) | (Named & { is: 'boot'; boot: KeptBoot })

const RESULTS = 'results.json'
const REPORT = 'report.json'
const CONSOLE = 'console.log'

/**
 * Reads one side: a run's folder or its results.json, one kernel of it (`out/run:6.1`), or a boot's folder or its
 * report.json. `:6.12` is a kernel of the run that `other` names.
 *
 * @throws CellError that says which file, what is wrong with it and what to do
 */
export async function readSide(argument: string, other?: string): Promise<Side> {
  const { path, kernel } = await splitArgument(argument, other)
  const file = await findFile(path)
  if (basename(file) === RESULTS) return readRun(path, file, kernel)
  if (kernel !== null) throw new CellError(`${path} is one boot, and has one kernel: leave out ':${kernel}'`)
  const boot = await readBoot(file)
  return { is: 'boot', path: argument, what: describe(boot), boot }
}

/** The path is all of the argument if there is such a file; else a kernel's name follows the last colon. */
async function splitArgument(
  argument: string,
  other: string | undefined,
): Promise<{ path: string; kernel: string | null }> {
  const colon = argument.lastIndexOf(':')
  if (colon === -1 || (await exists(argument))) return { path: argument, kernel: null }
  const kernel = argument.slice(colon + 1)
  if (kernel === '')
    throw new CellError(`'${argument}' names no kernel after its colon: write it like out/run:6.1`)
  if (colon > 0) return { path: argument.slice(0, colon), kernel }
  if (other === undefined || other.startsWith(':'))
    throw new CellError(`'${argument}' names no run: only the second of two may leave it out`)
  return { path: (await splitArgument(other, undefined)).path, kernel }
}

async function findFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => null)
  if (!found)
    throw new CellError(`there is no ${path}: give a folder that 'dmaspec run' or 'dmaspec boot' wrote`)
  if (!found.isDirectory()) {
    if (found.isFile() && [RESULTS, REPORT].includes(basename(path))) return path
    throw new CellError(
      `${path} is neither ${RESULTS} nor ${REPORT}: give one of these, or the folder that it is in`,
    )
  }
  for (const name of [RESULTS, REPORT]) if (await exists(join(path, name))) return join(path, name)
  throw new CellError(
    `${path} has neither ${RESULTS} (of 'dmaspec run') nor ${REPORT} (of 'dmaspec boot'): was it interrupted?`,
  )
}

async function readRun(path: string, file: string, kernel: string | null): Promise<Side> {
  const run = await readResults(file)
  const kernels = new Map(run.cells.map(({ kernel }) => [kernel.name, kernel.version]))
  if (kernel !== null && !kernels.has(kernel)) {
    const names = [...kernels.keys()].map(name => cleanLine(name)).join(', ')
    throw new CellError(`${file} has no kernel '${kernel}'; there are: ${names || 'none'}`)
  }
  const cells = run.cells.filter(cell => kernel === null || cell.kernel.name === kernel)
  const shown = [...kernels].filter(([name]) => kernel === null || name === kernel)
  const what = shown
    .map(([name, version]) => `linux ${name}${version === '' ? '' : ` (${version})`}`)
    .join(', ')
  const folder = dirname(file)
  return {
    is: 'run',
    path: kernel === null ? path : `${path}:${kernel}`,
    what,
    cells,
    load: boot => loadBoot(folder, boot, run.merged !== undefined),
  }
}

async function loadBoot(
  folder: string,
  { folder: name }: BootRecord,
  isMerged: boolean,
): Promise<KeptBoot | string> {
  const path = resolve(folder, name)
  // results.json may come from elsewhere, and is not to lead out of its folder; boots of merged ones stay where they were.
  if (!isMerged && relative(folder, path).startsWith('..'))
    return 'its folder is not below that of results.json'
  const file = join(path, REPORT)
  return (await exists(file)) ? readBoot(file) : `${REPORT} is not there`
}

async function readBoot(file: string): Promise<KeptBoot> {
  const boot = await readJson(file, bootSchema, "no report of 'dmaspec boot'")
  const path = join(dirname(file), CONSOLE)
  const text = (await exists(path)) ? await readText(path) : null
  return { ...boot, console: text === null ? null : text.split(/\r{0,2}\n/) }
}

async function readJson<T>(file: string, schema: z.ZodType<T>, otherwise: string): Promise<T> {
  const text = await readText(file)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const why = cleanLine((error as Error).message)
    throw new CellError(`${file} is no JSON: ${why}; was it cut short? Make it again`, { cause: error })
  }
  const checked = schema.safeParse(value)
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  const place = issue?.path.map(String).join('.') || 'the whole of it'
  throw new CellError(`${file} is ${otherwise}: ${cleanLine(`${place}: ${issue?.message ?? 'is wrong'}`)}`)
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new CellError(`can't read ${file}: ${(error as Error).message}`, { cause: error })
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function describe({ cell, kernel, report }: KeptBoot): string {
  const version = kernel?.version ?? report.kernel
  return describeCell({ ...cell, timeout: 0 }) + (version ? ` (${version})` : '')
}
