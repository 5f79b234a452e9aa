import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { progressOn } from '../../images/progress.ts'
import { judge } from '../../judge/judge.ts'
import { formatSignature, parseSignature } from '../../judge/signature.ts'
import { projectRoot } from '../../project.ts'
import { tryFix } from '../../try/sample.ts'
import { answerLines, stepLine } from '../lines.ts'
import { kernelNameOf } from '../question.ts'
import { COMMITS, TURNING_POINTS } from './changes.ts'
import { bisectHistory, histories, historyTree, whyNoHistory } from './run.ts'

const specs = [join(projectRoot, 'harness/bisect/history/specs/refusal.spec.ts')]

/** A commit of the history by its tag. */
function commitOf(tag: string): string {
  return execFileSync('git', ['-C', historyTree, 'rev-parse', `${tag}^{commit}`])
    .toString()
    .trim()
}

// The first build of the tree takes minutes.
t.setTimeout(3_600_000)

t.test(
  'the commit that made a kernel crash is found among those that do not build or crash elsewhere',
  { skip: whyNoHistory() },
  async t => {
    const { crash } = histories
    const { found, mail, expected } = await bisectHistory(crash, {
      onStep: step => t.comment(stepLine(step)),
    })
    for (const line of answerLines(found)) t.comment(line)
    t.equal(formatSignature(found.wanted), crash.is)
    t.equal(found.first?.id, expected(crash.first), `${found.first?.subject}: commit 44 of ${COMMITS}`)
    const skipped = found.steps.filter(({ verdict }) => verdict.mark === 'skip')
    t.ok(
      skipped.some(({ verdict }) =>
        /^does not build: drivers\/of\/base\.c:\d+:\d+: error:/.test(verdict.why),
      ),
    )
    const whys = skipped.map(({ verdict }) => verdict.why)
    t.match(whys.join('\n'), 'fails otherwise: bug in count_devices')
    t.match(mail, `Subject: [REGRESSION] ${crash.is} since ${TURNING_POINTS[44]?.subject}\n`)
    t.match(mail, /Unable to handle kernel NULL pointer dereference[^]*pc : ipmmu_domain_free\+0x/)
    t.same(parseSignature(crash.is), found.wanted)
  },
)

t.test(
  "the report's own fix, as a mail: the oops is gone, the refusal stays",
  { skip: whyNoHistory() },
  async t => {
    const faulty = commitOf(histories.crash.first)
    const trial = await tryFix(
      { tree: historyTree, faulty, fixed: `${histories.crash.first}^` },
      specs,
      t.testdir({}),
      // As the bisection called it: it is built.
      { name: kernelNameOf(historyTree, faulty) },
    )
    t.equal(trial.all.answer, 'fixes')
    t.same(
      trial.all.effect?.fixed.map(({ failure }) => failure),
      [histories.crash.is],
    )
    t.match(
      trial.all.stays.map(({ text }) => text).join('\n'),
      'Cannot accommodate DMA translation for IOMMU page tables',
    )
  },
)

t.test('a commit that hangs does not boot: git did not go there', { skip: whyNoHistory() }, async t => {
  const ref = commitOf('c39')
  const request = { tree: historyTree, ref, name: kernelNameOf(historyTree, ref), flavour: null }
  const judged = await judge({
    ...{ ...request, patches: [], fragments: [], specs, out: t.testdir({}) },
    ...{ signal: new AbortController().signal, progress: progressOn(process.stderr) },
  })
  t.match(judged, { status: 'unbootable', why: /^nothing was printed for \d+ s/ })
})
