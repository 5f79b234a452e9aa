import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DEFAULTS } from '../cell/cell.ts'
import { fetchPackages } from '../images/apt.ts'
import { givenKernelOf } from '../images/given.ts'
import { buildRoot } from '../images/index.ts'
import { makeVariablesOf, unpackKernel } from '../images/kernel-tree.ts'
import { lock } from '../images/lock.ts'
import { mirrorIn } from '../images/mirror.ts'
import { progressOn } from '../images/progress.ts'
import { run } from '../images/run.ts'
import { kernelRow } from '../images/series.ts'
import { silentDisplay } from '../judge/run-specs.ts'
import { Session } from '../watch/session.ts'
import type { Figure } from './harness.ts'
import { median } from './median.ts'

/** How often a file is saved. */
const SAVES = 3
/** A driver that every kernel of ours has. */
const FILE = 'drivers/iommu/ipmmu-vmsa.c'
/** A cell of one boot: how many more there are is the spec's affair. */
const SPEC = `
import t from 'tap'
import { boot, kernels } from 'dmaspec'

for (const kernel of kernels())
  t.test(\`linux \${kernel}\`, async t => {
    const { report } = await boot(t, { kernel, overlays: ['sata-behind-ipmmu'] })
    t.match(report.disk, { ok: true })
  })
`

/**
 * Seconds from a save to the verdict, over those of make alone for such a change: medians. The tree is the default
 * series' source; the first time it is built whole.
 */
export async function watchOverMake(tree?: string): Promise<Figure[]> {
  const signal = new AbortController().signal
  const progress = progressOn(process.stderr)
  const scratch = mkdtempSync(join(tmpdir(), 'dmaspec-bench-'))
  const [spec, out] = [join(scratch, 'specs', 'disk.spec.ts'), join(scratch, 'out')]
  mkdirSync(dirname(spec))
  writeFileSync(spec, SPEC)
  const folder = tree ?? (await unpacked(signal))
  const watched: number[] = []
  const made: number[] = []
  let failure: string | null = null
  let kernel = ''
  const save = () => appendFileSync(join(folder, FILE), `/* ${Date.now()} */\n`)
  const session: Session = new Session({
    tree: { tree: folder, patches: [], fragments: [], flavour: null },
    ...{ kernels: [], specs: [spec], out, jobs: 1, signal, progress },
    ui: {
      say: line => ((failure = line), session.end()),
      display: () => silentDisplay,
      verdict: (cells, { isSaved }, { all }) => {
        kernel = cells[0]?.kernel.name ?? ''
        if (isSaved) watched.push(all)
      },
      idle: () => {
        void (
          watched.length === 0
            ? Promise.resolve()
            : timeMake(kernel, signal).then(seconds => made.push(seconds))
        )
          .then(() => (made.length < SAVES ? save() : session.end()))
          .catch((error: unknown) => ((failure = String(error)), session.end()))
      },
    },
  })
  try {
    await session.run()
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  if (failure !== null) throw new Error(failure)
  const [all, make] = [median(watched), median(made)]
  return [
    ['watch-over-make-seconds', all - make],
    ['watch-seconds', all],
    ['watch-make-seconds', make],
  ]
}

/** The source that the default series is built from, once more: what is watched is nobody else's. */
async function unpacked(signal: AbortSignal): Promise<string> {
  const row = kernelRow(DEFAULTS.kernel)
  if (!row) throw new Error('the default kernel is in no table')
  const context = { root: buildRoot(), progress: progressOn(process.stderr), signal, update: false }
  const deb = await fetchPackages(context, row)
  using held = await lock(context.root, 'bench-watch', { signal })
  const folder = join(context.root, 'work', 'bench-watch', deb.manifest.version)
  await unpackKernel(context, deb, folder, { cwd: '/', signal, lock: held, what: `linux ${row.series}` })
  return join(folder, 'source')
}

/** make alone, after the same file changed in the mirror: the next save writes it anew. */
async function timeMake(kernel: string, signal: AbortSignal): Promise<number> {
  const given = givenKernelOf(kernel)
  if (given?.kind !== 'tree') throw new Error(`${kernel} is no tree's`)
  const { source } = mirrorIn(given.work)
  appendFileSync(join(source, FILE), `/* ${Date.now()} */\n`)
  const variables = makeVariablesOf('')
  const make = ['make', '-C', source, `O=${join(given.work, 'build')}`, ...variables]
  const started = performance.now()
  await run([...make, `-j${availableParallelism()}`, 'Image', given.dtb], { cwd: '/', signal, what: 'make' })
  return (performance.now() - started) / 1000
}
