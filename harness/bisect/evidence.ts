import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crashSignature, formatSignature, type Signature, signaturesOf } from '../judge/signature.ts'
import { parseConsole } from '../report/parse.ts'
import { readResults } from '../results/read.ts'
import type { TestResult } from '../results/result.ts'
import { RESULTS } from '../run/folder.ts'
import { linesOf, oneLine } from '../text.ts'

/** An oops is some 60 lines; one that repeats itself is not all told. */
const MOST = 120

/** What shows the failure in a run's folder: the oops, from its first line to its last; or what did not hold. */
export async function evidenceOf(out: string, wanted: Signature): Promise<string[]> {
  const { cells } = await readResults(join(out, RESULTS))
  for (const cell of cells)
    for (const test of cell.tests) {
      const only = { cells: [{ ...cell, tests: [test] }] }
      if (!signaturesOf(only).some(each => formatSignature(each) === formatSignature(wanted))) continue
      return wanted.is === 'crash' ? oops(out, test, wanted) : broken(test)
    }
  return []
}

async function oops(out: string, { boots }: TestResult, wanted: Signature): Promise<string[]> {
  for (const { folder } of boots) {
    const lines = linesOf(await readFile(join(out, folder, 'console.log'), 'utf8').catch(() => ''))
    const isIt = (title: string) => formatSignature(crashSignature(title)) === formatSignature(wanted)
    const found = parseConsole(lines).oopses.find(({ title }) => isIt(title))
    if (found) return lines.slice(found.line - 1, found.lastLine).slice(0, MOST)
  }
  return []
}

function broken({ path, assertions }: TestResult): string[] {
  const wrong = assertions.filter(({ ok, directive }) => !ok && directive === null)
  return [
    oneLine(path.join(' › ')),
    ...wrong.flatMap(({ title, diagnostics }) => [
      `not ok: ${oneLine(title)}`,
      ...linesOf(diagnostics ?? '').map(line => `  ${line}`),
    ]),
  ].slice(0, MOST)
}
