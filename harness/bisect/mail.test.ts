import t from 'tap'
import { parseSignature } from '../judge/signature.ts'
import { HOSTILE } from '../results/sample.ts'
import type { Found, Step } from './bisect.ts'
import { answerLines, leftLine, stepLine } from './lines.ts'
import { mailOf } from './mail.ts'
import type { Commit } from './repository.ts'
import { judgement, question } from './sample.ts'

const OOPS = 'null-deref in ipmmu_domain_free'
const commit = (over: Partial<Commit> = {}): Commit => ({
  id: 'a'.repeat(40),
  parents: ['b'.repeat(40)],
  author: 'A U Thor',
  email: 'A U Thor <author@example.com>',
  date: '2026-01-02T20:00:00+00:00',
  subject: 'iommu: tear down',
  body: 'Why.\n\nSigned-off-by: A U Thor <author@example.com>\nReviewed-by: R <r@example.com>',
  ...over,
})
const step = (over: Partial<Step> = {}): Step => ({
  commit: commit(),
  verdict: { mark: 'bad', why: OOPS },
  runs: [judgement({ signatures: [OOPS] })],
  seconds: 65,
  known: false,
  ...over,
})
const found = (over: Partial<Found> = {}): Found => ({
  wanted: parseSignature(OOPS),
  ends: { good: 'b'.repeat(40), bad: 'a'.repeat(40) },
  steps: [step(), step({ verdict: { mark: 'skip', why: 'does not build' }, seconds: 15 })],
  ...{
    first: commit(),
    candidates: [],
    why: null,
    diffstat: ' x.c | 1 +',
    log: 'git bisect start\n',
    seconds: 80,
  },
  ...over,
})
const parts = { question: question('/linux', 'v1', 'v2'), sides: null, evidence: ['Oops'], version: '1' }

t.test('a mail to its author, and to all who signed it', async t => {
  const mail = mailOf({ ...parts, found: found(), first: commit() })
  t.match(
    mail,
    /^To: A U Thor <author@example\.com>\nCc: R <r@example\.com>\nSubject: \[REGRESSION\] null-deref in /,
  )
  t.match(mail, `\naaaaaaaaaaaa ("iommu: tear down") brings\n\n  ${OOPS}\n`)
  t.match(mail, '0 were good, 1 bad, 1 could not be judged')
  t.match(mail, '\n  Oops\n')
  t.match(mail, '\n  git bisect start\n')
})

t.test('what a commit or a guest says adds no header, and clobbers no terminal', async t => {
  const first = commit({ subject: HOSTILE, email: `${HOSTILE}\nBcc: x`, body: `Reviewed-by: ${HOSTILE}` })
  const mail = mailOf({ ...parts, found: found({ first }), first, evidence: [] })
  t.notMatch(mail, /^Bcc:/m)
  t.notMatch(mail, /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/) // eslint-disable-line no-control-regex
  t.notMatch(stepLine(step({ commit: first, verdict: { mark: 'skip', why: HOSTILE } })), /[\x1b\n]/) // eslint-disable-line no-control-regex
})

t.test('a line a step: verdict, commit, time, why; what was patched over, too', async t => {
  t.equal(stepLine(step()), `bad   aaaaaaaaaaaa   1:05  iommu: tear down: ${OOPS}`)
  const mended = step({ known: true, runs: [judgement({ mended: ['a', 'b'] })] })
  t.equal(stepLine(mended), `bad   aaaaaaaaaaaa  known  iommu: tear down: ${OOPS} (patched over: a, b)`)
})

t.test('what is left, and until when', async t => {
  const now = new Date(2026, 0, 1, 10, 0)
  t.equal(leftLine({ left: 7, steps: 3 }, [], now), '7 commits left after this, about 4 steps to go')
  t.equal(
    leftLine({ left: 1, steps: 1 }, [step(), step(), step({ seconds: 600 })], now),
    '1 commit left after this, about 2 steps to go, 1:05 a step: done at about 10:02',
  )
})

t.test('the answer, and what it took', async t => {
  t.same(answerLines(found()), [
    'first bad commit: aaaaaaaaaaaa ("iommu: tear down")',
    '  by A U Thor <author@example.com>, 2026-01-02',
    `  brings: ${OOPS}`,
    '2 commits judged (0 good, 1 bad, 1 skipped): 2 builds in 2:00, specs in 0:10, 1:20 in all',
  ])
  t.match(answerLines(found({ first: null, why: 'no way', candidates: [commit()] })), [
    'not found: no way',
    '  it may be aaaaaaaaaaaa ("iommu: tear down")',
  ])
})
