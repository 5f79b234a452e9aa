import t from 'tap'
import { code, fenced, LIMIT, markdown } from './markdown.ts'
import { mergeResults } from './merge.ts'
import type { CellResult } from './result.ts'
import { HOSTILE, HOSTILE_CELLS, SAMPLE_CELLS, sampleCell, sampleRun, sampleTest } from './sample.ts'

/** What is left as markup once blocks and code spans are gone, by CommonMark's rules (4.5, 6.1). */
function markup(text: string): string {
  const left: string[] = []
  let fence: string | null = null
  for (const line of text.split('\n')) {
    const marks = /^ {0,3}(`{3,})([^`]*)$/.exec(line)
    if (fence === null && marks) fence = marks[1] ?? ''
    else if (fence !== null && marks && (marks[1] ?? '').length >= fence.length && !marks[2]?.trim())
      fence = null
    else if (fence === null) left.push(line)
  }
  if (fence !== null) left.push('a block is not ended')
  return left.map(withoutSpans).join('\n')
}

function withoutSpans(line: string): string {
  const runs = [...line.matchAll(/`+/g)]
  for (const [i, { 0: open, index }] of runs.entries()) {
    const close = runs.slice(i + 1).find(run => run[0].length === open.length)
    if (close) return line.slice(0, index) + '□' + withoutSpans(line.slice(close.index + open.length))
  }
  return line
}

t.test('kernels across, specs down: verdict, address, time', async t => {
  const text = markdown(sampleRun(SAMPLE_CELLS), () => 'console')
  t.match(text, /^# dmaspec: 💥 3 error, ❌ 2 failed, 🎲 1 flaky, ✅ 1 passed, ⏭️ 1 skipped\n/)
  t.match(
    text,
    /\n\| spec \| `6\.1`<br>`6\.1\.192-2` \| `5\.10`<br>`5\.10\.192-2` \|\n\| --- \| --- \| --- \|\n/,
  )
  t.match(text, '\n| `passes` | ✅ passed<br>`0x5009d9000`<br>2.0 s | ⏭️ skipped<br>2.0 s |\n')
  t.match(text, '\n| `hangs` | 💥 error<br>2.0 s |  |\n', 'a cell that is in no matrix')
})

t.test('what is wrong, with expected, received and the console', async t => {
  const text = markdown(sampleRun(SAMPLE_CELLS), ({ folder }) => `console of ${folder}`)
  t.match(
    text,
    '\n## ❌ failed: `6.1/fails`\n\n`outer` › `an unlimited bus takes them as they are`: `and not bounced`\n',
  )
  t.match(text, /```text\nnot ok: and not bounced\n[^`]*\n {4}-0x5009d9000\n {4}\+0x7bfff000\n```\n/)
  t.match(text, '## ❌ crashed: `6.1/crashes`')
  t.match(text, '## 💥 timed out: `6.1/hangs`')
  t.match(text, '## 🎲 flaky: `6.1/wavers`')
  t.match(text, '```text\nconsole of boots/6.1/crashes/report\n```\n\n</details>')
  t.notMatch(text, 'console of boots/6.1/bus-limit')
})

t.test('nothing hostile is markup', async t => {
  const run = sampleRun([...SAMPLE_CELLS, ...HOSTILE_CELLS, sampleCell('a|b`<i>@x\n', 'c|``d')])
  const text = markdown(run, () => HOSTILE)
  const left = markup(text)
  t.notMatch(left, /script|@|forged|someone|\[link|<i>|-->|a block is not ended|`/)
  t.match(left, '## ❌ crashed: □\n', 'but ours is')
  // GFM 4.10: a `|` without a `\\` before it ends an entry, in a code span too.
  const rows = (text.split('\n## ')[0] ?? '').split('\n').filter(line => line.startsWith('| '))
  t.same([...new Set(rows.map(row => row.replaceAll('\\|', '').split('|').length))], [7], 'five columns')
  for (const bad of ['```\n</details>', '`````', '\n```\n~~~', '` `` ```'])
    t.equal(markup(fenced(bad)), '\n'.slice(1), JSON.stringify(bad))
  for (const bad of ['a`b', '`', '``a``', '`` ` ```', '|`|']) t.equal(markup(code(bad)), '□', bad)
})

t.test('a page is no bigger than GitHub takes, and says what it has not', async t => {
  const failing = (i: number): CellResult =>
    sampleCell('6.1', `spec-${i}`, {
      verdict: 'failed',
      tests: [
        sampleTest({
          verdict: 'failed',
          assertions: [{ ok: false, title: 'it', diagnostics: '’'.repeat(1e5), directive: null }],
        }),
      ],
    })
  const cells = Array.from({ length: 500 }, (_, i) => failing(i))
  const text = markdown(sampleRun(cells), () => '’'.repeat(1e5))
  const bytes = Buffer.byteLength(text)
  t.ok(bytes <= LIMIT && bytes > LIMIT * 0.9, `${bytes} bytes`)
  const shown = text.split('\n## ').length - 1
  t.ok(shown > 0)
  t.match(text, `**${500 - shown} of 500 failures are not shown here: such a page may have 1 MiB.`)
  t.match(text, '`spec-499`', 'the table has them all')
  t.notMatch(markup(text), /’|a block is not ended/)
})

t.test('of too many specs, as many as fit', async t => {
  const cells = Array.from({ length: 20_000 }, (_, i) => sampleCell('6.1', `spec-${i}`))
  const text = markdown(sampleRun(cells), () => '')
  t.ok(Buffer.byteLength(text) <= LIMIT)
  t.match(text, /\*\*\d+ of 20000 specs are not in this table: /)
})

t.test('what is missing stands first', async t => {
  const run = sampleRun([sampleCell('6.1', 'a')], {
    matrix: ['6.1/a', '6.1/b'],
    shard: { index: 1, count: 2 },
  })
  t.match(
    markdown(run, () => ''),
    /cell in 12\.5 s, shard 1 of 2, started/,
  )
  const text = markdown(mergeResults([{ folder: '/x', result: run }], '/x'), () => '')
  t.match(text, /^# dmaspec: ❓ 1 missing, ✅ 1 passed\n/)
  t.match(text, '> [!WARNING]\n> **These results are not whole:**\n>\n> - `missing: shard 2 of 2')
  t.match(text, '| `b` | ❓ missing |')
})
