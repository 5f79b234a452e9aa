import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../project.ts'
import { rules } from './rules.ts'

t.test('docs/oracle.md has every rule with its claim, and no other', async t => {
  const text = readFileSync(join(projectRoot, 'docs/oracle.md'), 'utf8')
  const rows = [...text.matchAll(/^\| `([a-z-]+)` +\| (.+?) +\|$/gm)].map(([, name, claims]) => ({
    name,
    claims,
  }))
  t.same(
    rows,
    rules.map(({ name, claims }) => ({ name, claims })),
  )
})
