import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from '../../project.ts'

/** What the browser runs, in this order: a file uses what is above it when it starts, and anything later. */
const SCRIPTS = ['dom', 'move', 'filter', 'open', 'test', 'facts', 'console', 'page'] as const
const STYLES = ['base', 'header', 'grid', 'verdicts', 'detail', 'narrow', 'print'] as const

const read = (path: string) => readFile(join(projectRoot, 'harness/results/html', path), 'utf8')

/** The page's template, its script and its style: one text each. */
export async function assets() {
  const [scripts, styles, template] = await Promise.all([
    Promise.all(SCRIPTS.map(name => read(`browser/${name}.js`))),
    Promise.all(STYLES.map(name => read(`browser/${name}.css`))),
    read('page.eta'),
  ])
  // In one block, so that nothing in it is a global.
  return { template, script: `'use strict'\n{\n${scripts.join('\n')}}\n`, style: styles.join('\n') }
}
