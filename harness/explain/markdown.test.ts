import t from 'tap'
import { pageMarkdown } from './markdown.ts'
import { point, text, type Page } from './page.ts'
import { say } from './say.ts'

const page = (fact: string): Page => [
  { is: 'headline', tone: 'crash', text: say`${fact}`, below: [say`line ${3}`] },
  {
    is: 'section',
    title: 'Why',
    items: [
      text(say`It was ${fact}.`),
      { is: 'lines', lines: [fact] },
      { is: 'step', at: 'line 3', quote: fact, means: say`means ${fact}` },
      point(say`one`),
      point(say`two`),
    ],
  },
]

t.test('the whole page', async t => {
  t.equal(
    pageMarkdown(page('foo_bar+0x1/0x2')),
    `### \`foo_bar+0x1/0x2\`

line 3

**Why**

It was \`foo_bar+0x1/0x2\`.

\`\`\`
foo_bar+0x1/0x2
\`\`\`

line 3:

\`\`\`
foo_bar+0x1/0x2
\`\`\`

means \`foo_bar+0x1/0x2\`

- one
- two
`,
  )
})

const hostile = {
  'a code span can not be ended': '`</code><script>alert(1)</script> ``` @everyone [x](http://x)',
  'nor a fence': '```\n# mine\n```',
  'nor by a line of ticks': '````',
  'nor by blanks': ' ` ',
  'control bytes': '\x1b]0;x\x07 \u202e',
}
for (const [name, fact] of Object.entries(hostile)) {
  t.test(name, async t => {
    const out = pageMarkdown(page(fact))
    // What is left outside of spans and fences is ours: CommonMark 4.5 and 6.1, read anew.
    t.equal(outside(out), outside(pageMarkdown(page('x'))))
    // eslint-disable-next-line no-control-regex
    t.notMatch(out, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
  })
}

/** A Markdown text without what is in code. */
function outside(markdown: string): string {
  const lines: string[] = []
  let fence: string | null = null
  for (const line of markdown.split('\n')) {
    const ticks = /^ {0,3}(`{3,})[^`]*$/.exec(line)?.[1]
    if (fence === null && ticks !== undefined) fence = ticks
    else if (fence !== null && line.trim().length >= fence.length && /^ {0,3}`+ *$/.test(line)) fence = null
    else if (fence === null) lines.push(line)
  }
  const text = lines.join('\n')
  let left = ''
  for (let at = 0; at < text.length;) {
    const run = /`+/y
    run.lastIndex = at
    const open = run.exec(text)?.[0]
    if (open === undefined) {
      left += text[at++]
      continue
    }
    const close = new RegExp(`(?<!\`)${open}(?!\`)`, 'g')
    close.lastIndex = at + open.length
    at = close.exec(text) ? close.lastIndex : at + open.length
  }
  return left
}
