import { spawnSync } from 'node:child_process'
import t, { type Test } from 'tap'
import { parseStringPromise } from 'xml2js'
import { junit, junitOfMerge } from './junit.ts'
import { junitOfRuns, mergeJunit } from './junit-merge.ts'
import { mergeResults } from './merge.ts'
import { HOSTILE, HOSTILE_CELLS, SAMPLE_CELLS, sampleCell, sampleRun } from './sample.ts'

const hostile = () => HOSTILE
const run = sampleRun([...SAMPLE_CELLS, ...HOSTILE_CELLS])

interface Node {
  '#name': string
  $?: Record<string, string>
  $$?: Node[]
  _?: string
}

/** Attributes and children that Jenkins's junit-10.xsd allows; `!` must be there. */
const SCHEMA: Record<string, { attributes: string; children: string }> = {
  testsuites: { attributes: 'name time tests failures errors', children: 'testsuite' },
  testsuite: {
    attributes:
      'name! tests! failures! errors! group time skipped timestamp hostname id package file log url',
    children: 'testsuite properties testcase system-out system-err',
  },
  properties: { attributes: '', children: 'property' },
  property: { attributes: 'name! value!', children: '' },
  testcase: {
    attributes: 'name! time classname group',
    children: 'skipped error failure rerunFailure rerunError flakyFailure flakyError system-out system-err',
  },
  failure: { attributes: 'type message', children: '' },
  error: { attributes: 'type message', children: '' },
  skipped: { attributes: 'type message', children: '' },
  'system-out': { attributes: '', children: '' },
}

async function parse(text: string): Promise<Node> {
  const options = { explicitChildren: true, preserveChildrenOrder: true, explicitRoot: false }
  return (await parseStringPromise(text, options)) as Node
}

function violations(node: Node): string[] {
  const rule = SCHEMA[node['#name']]
  if (!rule) return [`unknown element ${node['#name']}`]
  const attributes = Object.entries(node.$ ?? {})
  const known = rule.attributes.split(' ').map(name => name.replace('!', ''))
  const needed = rule.attributes.split(' ').filter(name => name.endsWith('!'))
  const children = node.$$ ?? []
  return [
    ...attributes.filter(([name]) => !known.includes(name)).map(([name]) => `${node['#name']} ${name}`),
    ...needed.filter(name => node.$?.[name.slice(0, -1)] === undefined),
    ...attributes.filter(([name, value]) => name === 'time' && !/^\d+\.\d{3}$/.test(value)).flat(),
    ...children
      .filter(child => !rule.children.split(' ').includes(child['#name']))
      .map(child => `${node['#name']} > ${child['#name']}`),
    ...children.flatMap(violations),
  ]
}

/** What a reader makes of it: `6.1/fails › title: failure assertion`. */
async function outcomes(text: string): Promise<string[]> {
  const root = await parse(text)
  return (root.$$ ?? []).flatMap(suite =>
    (suite.$$ ?? [])
      .filter(node => node['#name'] === 'testcase')
      .map(node => {
        const [child] = (node.$$ ?? []).filter(({ '#name': name }) => name !== 'system-out')
        const said = child ? `${child['#name']} ${child.$?.['type'] ?? ''}`.trim() : 'passed'
        return `${suite.$?.['name']} › ${node.$?.['name']}: ${said}`
      }),
  )
}

t.test('each verdict has its element, and a crash is an error', async t => {
  const passed = 'a 32-bit bus refuses page tables above 4 GiB: passed'
  t.same(await outcomes(junit(sampleRun(SAMPLE_CELLS), () => 'console')), [
    `6.1/passes › ${passed}`,
    `6.1/fails › ${passed}`,
    '6.1/fails › outer › an unlimited bus takes them as they are: failure assertion',
    '6.1/crashes › the report of 2018: error crash',
    '6.1/hangs › it hangs: error timeout',
    `6.1/throws › ${passed}`,
    '6.1/throws › the spec as a whole: error error',
    `6.1/wavers › ${passed}`,
    '6.1/wavers › the spec as a whole: failure flaky',
    '5.10/passes › the spec as a whole: skipped',
    '5.10/fails › the spec as a whole: error error',
  ])
})

t.test('the assertion, and the console of what is bad only', async t => {
  const text = junit(sampleRun(SAMPLE_CELLS), ({ folder }) => `console of ${folder}`)
  t.match(
    text,
    /<failure type="assertion" message="and not bounced">not ok: and not bounced\n[^<]*-0x5009d9000/,
  )
  t.match(text, /<system-out>[^<]*console of boots\/6\.1\/crashes\/report\n<\/system-out>/)
  t.match(text, '<failure type="flaky" message="flaky: came out differently in 3 attempts">')
  t.notMatch(text, /console of boots\/6\.1\/bus-limit/, 'the console of what passed')
})

t.test('the sums are right, of every suite and of all', async t => {
  const root = await parse(junit(run, hostile))
  const sum = (nodes: Node[], name: string) =>
    String(nodes.filter(node => node.$$?.some(child => child['#name'] === name)).length)
  const casesOf = (suite: Node) => (suite.$$ ?? []).filter(node => node['#name'] === 'testcase')
  for (const [node, cases] of [
    [root, (root.$$ ?? []).flatMap(casesOf)] as const,
    ...(root.$$ ?? []).map(suite => [suite, casesOf(suite)] as const),
  ]) {
    t.equal(node.$?.['tests'], String(cases.length))
    t.equal(node.$?.['failures'], sum(cases, 'failure'))
    t.equal(node.$?.['errors'], sum(cases, 'error'))
  }
})

t.test('hostile text stays text', async t => {
  const text = junit(run, hostile)
  t.same(violations(await parse(text)), [])
  // eslint-disable-next-line no-control-regex
  t.notMatch(text, /[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]|&#x/u)
  t.match(JSON.stringify(await parse(text)), /\]\]> --> <!-- & < >/, 'and can be read back')
  t.same(await outcomes(text), await outcomes(await mergeJunit([text])).then(list => inOrder(list, text)))
  readByPython(t, text)
})

/** A merge sorts the suites: back to the order of the first. */
async function inOrder(list: string[], text: string): Promise<string[]> {
  const first = await outcomes(text)
  return [...list].sort((a, b) => first.indexOf(a) - first.indexOf(b))
}

function readByPython(t: Test, text: string): void {
  const script =
    'import sys, xml.etree.ElementTree as e; print(len(list(e.parse(sys.stdin.buffer).iter("testcase"))))'
  const { error, status, stdout, stderr } = spawnSync('python3', ['-c', script], {
    input: text,
    encoding: 'utf8',
  })
  if (error) return t.comment('there is no python3')
  t.equal(stderr, '')
  t.equal(status, 0)
  t.equal(Number(stdout), text.split('<testcase ').length - 1, 'expat reads it')
}

t.test('it is the same every time', async t => {
  t.equal(junit(run, hostile), junit(structuredClone(run), hostile))
})

t.test('merging is of suites, in whatever order they come', async t => {
  const texts = SAMPLE_CELLS.map(cell => junit(sampleRun([cell]), () => 'console'))
  const merged = await mergeJunit(texts)
  t.equal(await mergeJunit([...texts].reverse()), merged)
  t.equal(await mergeJunit([await mergeJunit(texts.slice(0, 3)), ...texts.slice(3)]), merged)
  t.same((await outcomes(merged)).sort(), (await outcomes(junit(sampleRun(SAMPLE_CELLS), () => ''))).sort())
  t.match(merged, /console/, 'with what they quote')
  t.same(violations(await parse(merged)), [])
  t.same(await outcomes(await mergeJunit([])), [])
})

t.test('of a cell in two documents the worst is kept, and it is said', async t => {
  const good = junit(sampleRun([sampleCell('6.1', 'a')]), () => '')
  const bad = junit(
    sampleRun([sampleCell('6.1', 'a', { verdict: 'error', reason: 'broke', tests: [] })]),
    () => '',
  )
  for (const texts of [
    [good, bad],
    [bad, good],
  ]) {
    const merged = await mergeJunit(texts)
    t.same(await outcomes(merged), ['6.1/a › the spec as a whole: error error'])
    t.match(merged, /name="dmaspec\.doubled" value="2"/)
  }
})

t.test('what a merge misses is an error, until a part has it', async t => {
  const matrix = ['6.1/a', '6.1/b']
  const half = mergeResults([{ folder: '/x', result: sampleRun([sampleCell('6.1', 'a')], { matrix }) }], '/x')
  const missing = junitOfMerge(half)
  t.same(await outcomes(missing), [
    '6.1/b › the spec as a whole: error missing',
    'dmaspec merge › every cell of the matrix is here, once: error merge',
  ])
  t.same((await junitOfRuns(missing)).names, [], 'no run wrote that')
  const other = junit(sampleRun([sampleCell('6.1', 'b')]), () => '')
  t.match((await outcomes(await mergeJunit([missing, other])))[0], /6\.1\/b › .*: passed/)
})

t.test("another writer's document is read, and what is none is refused", async t => {
  t.same(await outcomes(await mergeJunit(['<testsuite name="x"><testcase name="y"/></testsuite>'])), [
    'x › y: passed',
  ])
  t.same(await outcomes(await mergeJunit(['<testsuites/>'])), [])
  await t.rejects(mergeJunit(['<html/>']), { message: "it is no JUnit XML: it has no 'testsuites'" })
  await t.rejects(mergeJunit(['nonsense']), { message: /it is no XML: / })
  const laughs = '<!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "&b;&b;">]><testsuites name="&c;"/>'
  await t.rejects(mergeJunit([laughs]), { message: /it is no XML: / }, 'no entities are expanded')
})
