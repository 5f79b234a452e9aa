import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DEFAULTS } from '../../cell/cell.ts'
import { ImageError } from '../../errors.ts'
import { progressOn } from '../../images/progress.ts'
import { parseSignature } from '../../judge/signature.ts'
import { projectRoot } from '../../project.ts'
import { bisect, type Found, type Step } from '../bisect.ts'
import { takeBisectFolder } from '../folder.ts'
import { writeReport } from '../report.ts'
import { judgeOnce, type JudgeOnce } from '../step.ts'
import { makeHistory } from './make.ts'
import { sourceFiles, unpackedFolder } from './source.ts'

/** Where it is always the same: what was built of it is found in the cache again. */
const folder = join(projectRoot, `out/history-${DEFAULTS.kernel}`)
export const historyTree = join(folder, 'linux')

/** A failure of the history, the spec that shows it, and the commit that brings it. */
export interface HistoryRow {
  spec: string
  /** What to look for; undefined where the bad end shows one thing only. */
  signature?: string
  /** Its tag. */
  first: string
  is: string
}

export const histories = {
  crash: { spec: 'refusal', first: 'c44', is: 'null-deref in ipmmu_domain_free' },
  assertion: {
    spec: 'page-tables',
    signature: 'page tables above 4 GiB are not bounced › the device is given 0xN',
    first: 'c23',
    is: 'page tables above 4 GiB are not bounced › the device is given 0xN',
  },
} as const satisfies Record<string, HistoryRow>

/** Why there is no history to bisect, and what to do; false if there is one. */
export function whyNoHistory(): string | false {
  if (existsSync(historyTree) || unpackedFolder(DEFAULTS.kernel) !== undefined) return false
  return `no source of linux ${DEFAULTS.kernel} is unpacked in the cache: make images unpacks it where it builds the kernel`
}

/** Makes the history, unless it is there. */
async function needHistory(): Promise<void> {
  const why = whyNoHistory()
  if (why !== false) throw new ImageError(why)
  if (existsSync(historyTree)) return
  await makeHistory(historyTree, sourceFiles(unpackedFolder(DEFAULTS.kernel) ?? ''), DEFAULTS.kernel)
}

/** Bisects the history; what comes of it is kept below out/. */
export async function bisectHistory(
  { spec, signature }: HistoryRow,
  {
    judge = judgeOnce,
    onStep = () => {},
    fragments = [],
  }: { judge?: JudgeOnce; onStep?: (step: Step) => void; fragments?: readonly string[] } = {},
): Promise<{ found: Found; mail: string | null; expected: (tag: string) => string }> {
  const question = {
    ...{
      tree: historyTree,
      good: 'good',
      bad: 'bad',
      runs: 1,
      badOf: 1,
      patches: [],
      fragments,
      flavour: null,
    },
    specs: [join(projectRoot, 'harness/bisect/history/specs', `${spec}.spec.ts`)],
    signature: signature === undefined ? undefined : parseSignature(signature),
  }
  await needHistory()
  const taken = await takeBisectFolder(join(folder, spec), { keep: false })
  try {
    const found = await bisect(question, {
      ...{ signal: new AbortController().signal, progress: progressOn(process.stderr), jobs: undefined },
      ...{ out: taken.path, resume: true, restart: false, judgeOnce: judge },
      onLog: log => taken.write('log', log),
      watcher: { judging() {}, judged: onStep, wanted() {}, resumed() {} },
    })
    const expected = (tag: string) =>
      execFileSync('git', ['-C', historyTree, 'rev-parse', `${tag}^{commit}`])
        .toString()
        .trim()
    return { found, mail: await writeReport(taken, question, found), expected }
  } finally {
    await taken.release()
  }
}
