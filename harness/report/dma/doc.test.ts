import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { messagesAsMarkdown } from './doc.ts'

const PAGE = new URL('../../../docs/report-dma.md', import.meta.url)
const BEGIN =
  '<!-- made from harness/report/dma/rows: UPDATE_DOCS=1 npx tap harness/report/dma/doc.test.ts -->\n\n'
const END = '\n\n<!-- end -->\n'

t.test('docs/report-dma.md lists every message that is known', async t => {
  const page = readFileSync(PAGE, 'utf8')
  const [from, to] = [page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)]
  t.ok(from >= BEGIN.length && to > from, 'the page has a place for the tables')
  const tables = messagesAsMarkdown()
  if (process.env['UPDATE_DOCS']) writeFileSync(PAGE, page.slice(0, from) + tables + page.slice(to))
  else t.equal(page.slice(from, to), tables, 'run it with UPDATE_DOCS=1')
})
