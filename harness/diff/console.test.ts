import t from 'tap'
import { byWeight, consoleDifference, type Console } from './console.ts'

t.setTimeout(120_000)

function consoleOf(lines: readonly string[], over: Partial<Console> = {}): Console {
  return { lines, complete: true, end: 'timeout', oopses: [], ...over }
}
const messages = (list: { message: string }[]) => list.map(({ message }) => message)

t.test('order and number are chance: drivers probe side by side', async t => {
  const [a, b] = [
    ['one', 'two', 'three'],
    ['three', 'two', 'one', 'two'],
  ].map(lines => consoleOf(lines ?? []))
  if (!a || !b) return
  t.same(consoleDifference(a, b), { fresh: [], gone: [], unreached: { before: 0, after: 0 } })
})

t.test('a message that is new, and one that is gone, as it was printed first', async t => {
  const a = consoleOf(['[    1.000000] both', '[    1.100000] lost 0x500148000'])
  const b = consoleOf(['both', 'found pid 12', 'found pid 13'])
  const { fresh, gone } = consoleDifference(a, b)
  t.same(fresh, [{ stable: 'found pid <pid>', message: 'found pid 12', times: 2 }])
  t.same(messages(gone), ['lost 0x500148000'])
})

t.test('a boot that ended early is not told to have lost what it never got to', async t => {
  const a = consoleOf(['start', 'lost', 'middle', 'end', 'rest'])
  const b = consoleOf(['start', 'middle', 'crash'], { complete: false })
  const { fresh, gone, unreached } = consoleDifference(a, b)
  t.same([messages(fresh), messages(gone)], [['crash'], ['lost']])
  t.same(unreached, { before: 2, after: 0 })
})

t.test(
  'the lines of an oops are no news of their own, but what else is printed meanwhile is there',
  async t => {
    const oops = ['Unable to handle', 'x0 : 12', 'other', '---[ end trace 0 ]---', 'tail']
    const b = consoleOf(['start', ...oops], { oopses: [2] })
    const { fresh, gone } = consoleDifference(consoleOf(['start', 'other']), b)
    t.same([messages(fresh), messages(gone)], [['tail'], []])
  },
)

t.test('a line that an oops has and that comes by itself, too, is news', async t => {
  const lines = ['Unable to handle', 'other', '---[ end trace 0 ]---', 'other']
  const { fresh } = consoleDifference(consoleOf([]), consoleOf(lines, { oopses: [1] }))
  t.same(messages(fresh), ['other'])
})

t.test('what is printed after the answer is there is chance', async t => {
  const done = `dmaspec: ${'0a'.repeat(16)} done`
  const marker = consoleOf(['start', done, 'reboot: Power down'], { end: 'marker' })
  const oops = consoleOf(['start', done, '---[ end trace 0 ]---', 'SMP: stopping secondary CPUs'], {
    end: 'oops',
  })
  t.same(messages(consoleDifference(oops, marker).fresh), [])
  t.same(messages(consoleDifference(marker, oops).fresh), ['---[ end trace 0 ]---'])
})

t.test('trouble with DMA comes first, then DMA, then trouble', async t => {
  const lines = [
    'hello',
    'usb: error',
    'swiotlb: ready',
    'BMDMA stat 0x4',
    'arm-lpae io-pgtable: Cannot accommodate',
  ]
  t.same(messages(byWeight(lines.map(message => ({ message })))), [
    'arm-lpae io-pgtable: Cannot accommodate',
    'swiotlb: ready',
    'usb: error',
    'hello',
    'BMDMA stat 0x4',
  ])
})

t.test('twice the lines take twice the time', async t => {
  // Other tests share the machine: what counts is our own time, in milliseconds.
  const used = () => (({ user, system }) => (user + system) / 1000)(process.cpuUsage())
  const log = (n: number) =>
    Array.from(
      { length: n },
      (_, i) => `[    1.000000] dev${i % 1000} pid ${i}: at 0x5${(i % 4096).toString(16).padStart(8, '0')}`,
    )
  const time = (n: number) => {
    const [a, b] = [consoleOf(log(n)), consoleOf(log(n).reverse())]
    const start = used()
    t.same(consoleDifference(a, b).fresh, [])
    return used() - start
  }
  time(10_000)
  const [half, whole] = [time(50_000), time(100_000)]
  t.ok(whole < 4 * half, `${Math.round(half)} ms, ${Math.round(whole)} ms`)
})
