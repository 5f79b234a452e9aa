/** What a result says of a kernel as a whole, before anybody asks what the specs found. */
import { join } from 'node:path'
import type { Assertion, BootRecord, CellResult, RunResult } from '../results/result.ts'
import { oneLine } from '../text.ts'

/** Errors of ours that no kernel causes, as a test's diagnostics name them. */
const HOSTS = ['CellError', 'ImageError', 'InfraError']
const SOURCES = ['UnbuildableError']

/** Why the specs could not be run at all, whatever the kernel: null if they were. */
export function hopeless({ cells }: RunResult): string | null {
  for (const cell of cells) {
    const thrown = failureBy(HOSTS, cell)
    if (thrown) return `${cell.id}: ${oneLine(thrown.title)}`
    const isBroken = cell.verdict === 'error' && bootsOf(cell).length === 0 && !failureBy(SOURCES, cell)
    if (isBroken) return `${cell.id}: the spec can't be run: ${oneLine(cell.reason ?? reasonsOf(cell))}`
  }
  return null
}

/** Why a fault that a spec asks for can't be built into the kernel; null if none failed to. */
export function unbuildable({ cells }: RunResult): string | null {
  const found = cells.map(cell => failureBy(SOURCES, cell)).find(failure => failure !== undefined)
  return found ? found.title : null
}

/** Why the kernel doesn't boot, and the console that shows it; null if any boot of it came to an answer. */
export function unbootable({ cells }: RunResult, out: string): { why: string; log: string } | null {
  const boots = cells.flatMap(bootsOf)
  const [first] = boots
  if (!first || boots.some(isAnswer)) return null
  return { why: first.reason, log: join(out, first.folder, 'console.log') }
}

const isAnswer = ({ end, oopses }: BootRecord) => end === 'marker' || end === 'disk' || oopses.length > 0

const bootsOf = ({ tests }: CellResult) => tests.flatMap(({ boots }) => boots)

const reasonsOf = ({ tests }: CellResult) => tests.flatMap(({ reason }) => reason ?? []).join('; ')

function failureBy(names: readonly string[], { tests }: CellResult): Assertion | undefined {
  const named = new RegExp(`^(?:type|name): (?:${names.join('|')})$`, 'm')
  return tests
    .flatMap(({ assertions }) => assertions)
    .find(({ ok, diagnostics }) => !ok && named.test(diagnostics ?? ''))
}
