/** Every command of README.md and docs/ is run, or its row in exceptions.ts says why it is not. */
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { DEFAULTS } from '../cell/cell.ts'
import { shellQuote } from '../cell/shell.ts'
import { needKernel } from '../images/index.ts'
import { projectVersion } from '../project.ts'
import { missingFrom } from './excerpt.ts'
import { exceptionOf, exceptions } from './exceptions.ts'
import { namesMade, type Page, pages, stepsOfPage } from './pages.ts'
import { mistakesOf } from './parse.ts'
import { openScene, type Scene } from './scene.ts'
import type { Step } from './steps.ts'

t.setTimeout(1_200_000)
// Two pages at once: a guest has two cores, and waits now and then.
t.jobs = 2

type CommandStep = Extract<Step, { is: 'command' }>

/** What a reader may have to install, and `make test` does not. */
const TOOLS = ['jq']
const isInstalled = (tool: string) => spawnSync(tool, ['--version']).status === 0

/** Why nothing can be booted: null if it can. */
const notBuilt = await needKernel(DEFAULTS.kernel).then(
  () => null,
  (error: Error) => error.message,
)

const ofPages = pages().map(page => ({ page, steps: stepsOfPage(page) }))
const commands = ofPages.flatMap(({ steps }) => steps.filter(step => step.is === 'command'))

t.test('each exception is of a command that is in a page', async t => {
  for (const row of exceptions)
    t.ok(
      commands.some(({ text }) => exceptionOf(text) === row),
      `${row.command}: ${row.why}`,
    )
})

t.test('npx finds the command in a clone, as the pages suppose', { skip: notBuilt ?? false }, async t => {
  using scene = await openScene()
  const { status, output } = await scene.run(`${npxOf(process.execPath)} --no -- dmaspec --version`)
  t.equal(status, 0)
  t.match(output, new RegExp(`^${projectVersion()}$`, 'm'))
})

for (const { page, steps } of ofPages.filter(({ steps }) => steps.length > 0)) {
  t.test(page.path, { buffered: true }, async t => {
    const isRun = (step: Step) => step.is !== 'command' || !exceptionOf(step.text)
    for (const step of steps) if (!isRun(step)) await parses(t, page, step as CommandStep, namesMade(steps))
    if (!steps.some(isRun)) return
    if (notBuilt !== null) return t.pass('its commands run', { skip: notBuilt })
    using scene = await openScene()
    for (const step of steps.filter(isRun)) await follow(t, page, step, scene)
  })
}

/** npm's own, beside node: in a scene, `npx` is a shorter way to the same. */
function npxOf(node: string): string {
  return shellQuote(join(dirname(node), 'npx'))
}

/** Does what a reader does; a test says what came of it. */
async function follow(t: Test, page: Page, step: Step, scene: Scene): Promise<void> {
  if (step.is === 'file') return scene.write(step.path, step.text)
  if (step.is === 'patch') {
    scene.write('docs.patch', step.text)
    const { status, output } = await scene.run('patch --strip=1 --fuzz=0 --input=docs.patch')
    t.equal(status, 0, `${page.path}:${step.line}: the patch applies`, { output })
    return
  }
  const where = `${page.path}:${step.line}: ${step.text}`
  const missing = TOOLS.find(tool => new RegExp(`(^|\\| )${tool} `).test(step.text) && !isInstalled(tool))
  if (missing !== undefined)
    return void t.pass(where, { skip: `${missing} is not installed: apt install ${missing}` })
  const { status, before, output } = await scene.run(step.text)
  t.equal(status, step.exits, `${where}: exits ${step.exits}`, { output: output.slice(-3000) })
  t.ok(before < 2, `${where}: nothing in it could not be done`, { output: output.slice(-3000) })
  if (step.output === null) return
  t.equal(missingFrom(output, step.output), null, `${where}: prints what the page shows`, {
    output: output.slice(0, 6000),
  })
}

async function parses(t: Test, { path }: Page, { text, line }: CommandStep, made: readonly string[]) {
  t.same(
    await mistakesOf(text, made),
    [],
    `${path}:${line}: ${text}: parses (not run: ${exceptionOf(text)?.why})`,
  )
}
