import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { z } from 'zod'
import { CellError } from '../errors.ts'
import { FORMAT, type RunResult } from './result.ts'
import { runResult } from './schema.ts'
import { oneLine } from '../text.ts'

/** How many faults of one file are told: the rest come of the first, or are the same. */
const TOLD = 5

/**
 * Reads a results.json and checks it.
 * @throws CellError that names the file, the place in it, what is wrong there and what to do
 */
export async function readResults(path: string): Promise<RunResult> {
  const text = await readText(path)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const cause = text.trim() === '' ? 'it is empty' : oneLine((error as Error).message, 200)
    throw new CellError(`${path} is no JSON: ${cause}; was its run interrupted? Run that part again`, {
      cause: error,
    })
  }
  return checkResults(path, value)
}

/** The rules of the format, on what a file's JSON holds. */
export function checkResults(path: string, value: unknown): RunResult {
  const format = (value as { format?: unknown } | null)?.format
  if (typeof format === 'string' && format.startsWith('dmaspec-results/') && format !== FORMAT)
    throw new CellError(
      `${path} is of format '${oneLine(format, 80)}', and this dmaspec reads '${FORMAT}': use the dmaspec that wrote it`,
    )
  if (format !== FORMAT)
    throw new CellError(
      `${path} is no result of dmaspec: it has no "format": "${FORMAT}"; give a folder that 'dmaspec run' wrote`,
    )
  const checked = runResult.safeParse(value)
  if (checked.success) return checked.data
  const { issues } = checked.error
  const faults = issues.slice(0, TOLD).map(issue => `  ${placeOf(issue.path)}: ${wordsOf(issue)}`)
  if (issues.length > TOLD) faults.push(`  … and ${issues.length - TOLD} more`)
  throw new CellError(
    `${path} is no valid '${FORMAT}': it was changed, or written by another dmaspec; run that part again\n` +
      faults.join('\n'),
  )
}

/** `cells[3].tests[0].verdict` */
function placeOf(path: PropertyKey[]): string {
  const place = path.map(key => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  return oneLine(place.replace(/^\./, ''), 200) || 'the whole'
}

function wordsOf(issue: z.core.$ZodIssue): string {
  return oneLine(issue.message.replace(/^Invalid input: /, ''), 200)
}

async function readText(path: string): Promise<string> {
  try {
    // A FIFO of that name would be waited for.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    if (!(await file.stat()).isFile()) throw new Error('it is no file')
    return await file.readFile('utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? "there is no such file; 'dmaspec run' writes one into its --out" : message
    throw new CellError(`can't read ${path}: ${why}`, { cause: error })
  }
}
