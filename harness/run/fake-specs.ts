/** For tests: spec files that boot nothing, or a script in QEMU's place, run as `dmaspec run` runs them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { CellResult, RunResult } from '../results/result.ts'
import { projectRoot } from '../project.ts'
import { planMatrix } from './plan.ts'
import type { Observer } from './pool.ts'
import { runMatrix, type RunRequest } from './run.ts'

/** What every fake spec starts with: tap, and the kernel that it is run on. */
export const HEAD = `
  import t from 'tap'
  import { kernels } from ${JSON.stringify(join(projectRoot, 'harness/index.ts'))}
  const [kernel] = kernels()
`

/** Code that boots a script in place of QEMU, in its session: for the body of a test. */
export const fakeBoot = (script: string, memory = '256M') => `
  const { bootCell } = await import(${JSON.stringify(join(projectRoot, 'harness/boot/boot.ts'))})
  const { fakeImages } = await import(${JSON.stringify(join(projectRoot, 'harness/boot/fake-qemu.ts'))})
  const { currentSession, noteOf } = await import(${JSON.stringify(join(projectRoot, 'harness/run/session.ts'))})
  const { takeTurn } = await import(${JSON.stringify(join(projectRoot, 'harness/run/turn.ts'))})
  const { mkdtempSync } = await import('node:fs')
  const session = currentSession()
  const folder = session.out + '/fake'
  const over = await takeTurn(session, t, { folder, memory: '${memory}', seconds: 60 })
  const images = fakeImages(mkdtempSync(process.env.FAKES + '/x'), ${JSON.stringify(script)})
  const result = await bootCell({ timeout: 30, memory: '${memory}' }, { out: folder, images }).finally(over)
  session.booted(t, noteOf(result, session.root))
`

/** An observer that notes what it is told. */
export function noting(log: string[] = []): Observer {
  return {
    started: cell => void log.push(`started ${cell.id}`),
    booting: cell => void log.push(`booting ${cell.id}`),
    retrying: (cell, { verdict }, left) => void log.push(`retrying ${cell.id}: ${verdict}, ${left} left`),
    finished: (cell, { verdict }) => void log.push(`finished ${cell.id}: ${verdict}`),
    note: line => void log.push(line),
  }
}

export type FakeRun = Partial<RunRequest> & { kernels?: string[]; observer?: Observer }

/** Runs these specs, by name, in a folder of the test's. */
export async function runFakes(
  t: Test,
  specs: Readonly<Record<string, string>>,
  { kernels = ['6.1'], observer = noting(), ...request }: FakeRun = {},
): Promise<{ result: RunResult; out: string; cells: Record<string, CellResult> }> {
  const folder = t.testdir({})
  const out = join(folder, 'out')
  process.env['FAKES'] = folder
  const files = Object.entries(specs).map(([name, code]) => {
    const file = join(folder, `${name}.spec.ts`)
    writeFileSync(file, code)
    return { name, file }
  })
  mkdirSync(out)
  const result = await runMatrix(
    {
      matrix: planMatrix(kernels, files, new Map(), 1),
      shard: null,
      out,
      jobs: 2,
      retries: 0,
      signal: new AbortController().signal,
      about: { dmaspec: '0', machine: { cpu: '', cores: 1, memory: 0, qemu: '' } },
      ...request,
    },
    observer,
  )
  return { result, out, cells: Object.fromEntries(result.cells.map(cell => [cell.id, cell])) }
}
