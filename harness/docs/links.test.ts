/** What a page points to is there. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { templates } from '../init/templates.ts'
import { projectRoot } from '../project.ts'
import { brokenLink, linksOf, pathsOf } from './links.ts'
import { pages } from './pages.ts'

const all = pages()
/** What dmaspec init writes into the reader's own repo. */
const written = templates.map(({ to }) => to)

for (const page of all) {
  t.test(page.path, async t => {
    const broken = linksOf(page).map(link => ({ line: link.line, why: brokenLink(page, link, all) }))
    t.same(
      broken.filter(({ why }) => why !== null),
      [],
      `${broken.length} links lead somewhere`,
    )
    const paths = pathsOf(page)
    t.same(
      paths.filter(({ to }) => !existsSync(join(projectRoot, to)) && !written.includes(to)),
      [],
      `${paths.length} files that it names are there`,
    )
  })
}

t.test('the index has every page', async t => {
  const index = all.find(({ path }) => path === 'docs/README.md')
  const linked = (index ? linksOf(index) : []).map(({ to }) => to)
  const docs = readdirSync(join(projectRoot, 'docs')).filter(
    name => name.endsWith('.md') && name !== 'README.md',
  )
  t.same(
    docs.filter(name => !linked.includes(name)),
    [],
  )
})

t.test('a link to nowhere is found', async t => {
  const page = {
    path: 'docs/x.md',
    text: 'see [a](nothing.md),\n[b](diff.md#dmesg), [c](diff.md#nothing), `harness/none.ts`',
  }
  t.same(
    linksOf(page).map(link => brokenLink(page, link, all)),
    ['there is no docs/nothing.md', null, 'docs/diff.md has no heading #nothing'],
  )
  t.same(pathsOf(page), [{ to: 'harness/none.ts', line: 2 }])
})
