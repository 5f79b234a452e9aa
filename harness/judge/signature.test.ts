import t from 'tap'
import {
  HOSTILE_CELLS,
  SAMPLE_CELLS,
  sampleBoot,
  sampleCell,
  sampleRun,
  sampleTest,
} from '../results/sample.ts'
import { formatSignature, matches, parseSignature, signaturesOf } from './signature.ts'

const broken = (title: string, directive: string | null = null) => ({
  ok: false,
  title,
  diagnostics: null,
  directive,
})
const texts = (...tests: Parameters<typeof sampleTest>[0][]) =>
  signaturesOf(sampleRun([sampleCell('6.1', 'spec', { tests: tests.map(sampleTest) })])).map(formatSignature)

t.test('a crash that fails its test, and an assertion that does not hold', async t => {
  t.same(signaturesOf(sampleRun(SAMPLE_CELLS)).map(formatSignature), [
    'fails › outer › an unlimited bus takes them as they are › and not bounced',
    'null-deref in ipmmu_domain_free',
  ])
})

t.test('what a test allows is no failure of it', async t => {
  const crashed = [sampleBoot({ oopses: ['null-deref in f'] })]
  t.same(texts({ verdict: 'passed', boots: crashed }), [], 'mayOops')
  t.same(texts({ verdict: 'failed', boots: crashed, assertions: [broken('no group')] }), [
    'spec › a 32-bit bus refuses page tables above 4 GiB › no group',
  ])
  t.same(texts({ verdict: 'failed', assertions: [broken('later', '# TODO')] }), [])
})

t.test('each once, and the same on every build: no address, no number, nothing of the compiler', async t => {
  const test = (title: string) => ({ verdict: 'failed' as const, path: ['x'], assertions: [broken(title)] })
  t.same(texts(test('bounced to 0x7bfff000'), test('bounced to 0x7dfff000')), ['spec › x › bounced to 0xN'])
  t.same(texts(test('399 transfers of ee300000.sata, 12.5 s')), [
    'spec › x › N transfers of ee300000.sata, N s',
  ])
  const crash = (title: string) => ({
    verdict: 'failed' as const,
    assertions: [broken(title)],
    boots: [sampleBoot({ oopses: [title] })],
  })
  t.same(texts(crash('warning in f.constprop.0'), crash('warning in f.isra.0.cold')), ['warning in f'])
  t.same(texts(crash('panic: Attempted to kill init! exitcode=0x0000000b')), [
    'panic: Attempted to kill init! exitcode=0xN',
  ])
})

t.test('a signature is read as it was written', async t => {
  for (const signature of signaturesOf(sampleRun([...SAMPLE_CELLS, ...HOSTILE_CELLS]))) {
    const text = formatSignature(signature)
    t.same(parseSignature(text), signature, text.slice(0, 60))
    t.ok(matches(signature, parseSignature(text)))
    t.notMatch(text, /[\n\x1b]/) // eslint-disable-line no-control-regex
  }
})

t.test('a signature as people give it', async t => {
  const crash = parseSignature('null-deref in ipmmu_domain_free')
  t.ok(matches(crash, parseSignature('null-deref in ipmmu_domain_free+0x18/0xc0')))
  t.notOk(matches(crash, parseSignature('null-deref in ipmmu_domain_free_context')))
  t.notOk(matches(crash, parseSignature('warning in ipmmu_domain_free')))
  const assertion = parseSignature('spec › outer › a test › bounced to 0x7bfff000')
  t.ok(matches(assertion, parseSignature('a test › bounced to 0x1')), 'outer titles left out')
  t.notOk(matches(assertion, parseSignature('outer › bounced to 0x1')))
  t.notOk(matches(assertion, parseSignature('bounced to 0xN')), 'that would be a crash')
})
