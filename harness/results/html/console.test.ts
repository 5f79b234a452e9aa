import { closeSync, openSync } from 'node:fs'
import t from 'tap'
import { ConsoleReader, LIMITS } from '../../boot/console.ts'
import { consoleLines, excerpt } from './console.ts'
import { marksOf } from './marks.ts'
import { parseReportFile } from './report-file.ts'
import { sampleReport } from './sample-run.ts'

t.test('lines have the numbers that the report cites', async t => {
  const long = 'x'.repeat(LIMITS.lineLength * 2 + 5)
  for (const raw of [
    '',
    'a\r\n\r\nb\r\r\nc',
    `a\n${long}\nb\n`,
    '\n\n',
    `a\r\n${'y'.repeat(LIMITS.lineLength)}\r\nz`,
  ]) {
    const file = openSync('/dev/null', 'w')
    const reader = new ConsoleReader(file, () => {})
    reader.chunk(Buffer.from(raw), 0)
    reader.end(0)
    closeSync(file)
    t.same(
      consoleLines(raw),
      reader.lines.map(({ text }) => text),
    )
  }
})

t.test('an oops is marked to its end line; errors and page tables are marked', async t => {
  const lines = ['error', 'page table', 'Unable to handle', 'Call trace:', '---[ end trace 0 ]---', 'after']
  t.same(marksOf(parseReportFile(JSON.stringify(sampleReport())), lines), [
    { line: 1, count: 1, tone: 'bad', label: 'IOMMU error' },
    { line: 2, count: 1, tone: 'fact', label: 'bounced' },
    { line: 3, count: 3, tone: 'bad', label: 'oops' },
  ])
})

t.test('of a line with two marks the worse one stays, and lines that are not there have none', async t => {
  const facts = parseReportFile(JSON.stringify(sampleReport()))
  const page = facts.report.pageTables[0]
  t.ok(page)
  if (page) page.line = 3
  t.same(
    marksOf(facts, ['error', 'x', 'oops']).map(({ line, label }) => [line, label]),
    [
      [1, 'IOMMU error'],
      [3, 'oops'],
    ],
  )
})

t.test('of a long console: the start, the end, and what is around a mark', async t => {
  const lines = Array.from({ length: 10_000 }, (_, i) => `line ${i + 1}`)
  const { total, parts } = excerpt(lines, [{ line: 5000, count: 3, tone: 'bad', label: 'oops' }])
  t.equal(total, 10_000)
  t.equal(parts.length, 3)
  for (const { from, lines } of parts) t.equal(lines[0], `line ${from}`)
  const shown = parts.flatMap(({ lines }) => lines)
  for (const n of [1, 4990, 5000, 5003, 5010, 10_000]) t.ok(shown.includes(`line ${n}`), `line ${n}`)
  t.ok(shown.length < 2000)
})

t.test('a line without end is cut, and says by how much', async t => {
  const [line = ''] = excerpt(['x'.repeat(5000)], []).parts[0]?.lines ?? []
  t.match(line, /^x{2000} … 3000 more characters$/)
})
