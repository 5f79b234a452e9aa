import { execa } from 'execa'
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { bisectHistory, histories, historyTree } from '../bisect/history/run.ts'
import { answerLines, stepLine } from '../bisect/lines.ts'
import { judgeOnce, type JudgeOnce } from '../bisect/step.ts'
import { givenKernels } from '../images/given.ts'
import { makeVariablesOf } from '../images/kernel-tree.ts'
import { buildVariables } from '../images/run.ts'
import { projectRoot } from '../project.ts'
import { readResults } from '../results/read.ts'
import { RESULTS } from '../run/folder.ts'
import type { Figure } from './harness.ts'
import { bareBoot } from './matrix.ts'

const BARE = join(projectRoot, 'out/bench/bisect')

/**
 * A bisection of the history that makes a page table be bounced; each commit that it judges is then checked out, made
 * and booted bare, in a checkout and a build folder of its own: same configuration, same QEMU, and a reader that looks
 * for the end. The first commit is a whole build on both sides, and does not count.
 */
export async function bisectStepRatio(): Promise<Figure[]> {
  const times: { step: number; bare: number }[] = []
  const judge: JudgeOnce = async (question, commit, options) => {
    const started = performance.now()
    const judgement = await judgeOnce(question, commit, options)
    const step = (performance.now() - started) / 1000
    times.push({ step, bare: await bareStep(commit, judgement.out) })
    return judgement
  }
  const log = (line: string) => void process.stderr.write(`${line}\n`)
  const { found, expected } = await bisectHistory(histories.assertion, {
    judge,
    fragments: [ownFragment()],
    onStep: step => log(stepLine(step)),
  })
  for (const line of answerLines(found)) log(line)
  if (found.first?.id !== expected(histories.assertion.first)) throw new Error('another commit was found')
  const counted = times.slice(1)
  const sum = (of: 'step' | 'bare') => counted.reduce((all, time) => all + time[of], 0)
  return [
    ['bisect-step-ratio', sum('step') / sum('bare')],
    ['bisect-step-seconds', sum('step') / counted.length],
    ['bisect-bare-step-seconds', sum('bare') / counted.length],
  ]
}

/** A comment in the configuration, another one each time: no kernel of a former run is in the cache. */
function ownFragment(): string {
  const file = join(BARE, 'own.fragment')
  mkdirSync(BARE, { recursive: true })
  writeFileSync(file, `# measured at ${Date.now()}\n`)
  return file
}

/** Seconds to check a commit out, make it, and boot it as often as the specs did. */
async function bareStep(commit: string, out: string | null): Promise<number> {
  const source = join(BARE, 'linux')
  const build = join(BARE, 'build')
  if (!existsSync(source))
    await execa('git', ['clone', '--quiet', '--shared', '--no-checkout', historyTree, source])
  if (!existsSync(join(build, '.config'))) {
    mkdirSync(build, { recursive: true })
    copyFileSync(configOfHarness(), join(build, '.config'))
  }
  const started = performance.now()
  await execa('git', ['-C', source, 'checkout', '--quiet', '--force', commit])
  const variables = makeVariablesOf('')
  const make = ['-C', source, `O=${build}`, ...variables, `-j${availableParallelism()}`]
  const quiet = { stdio: 'ignore', reject: false, env: buildVariables(), extendEnv: false } as const
  await execa('make', [...make, 'olddefconfig'], quiet)
  await execa('make', [...make, 'Image', 'renesas/r8a77951-salvator-xs.dtb'], quiet)
  const result = out !== null && existsSync(join(out, RESULTS)) ? await readResults(join(out, RESULTS)) : null
  const boots = result?.cells.flatMap(({ tests }) => tests.flatMap(({ boots }) => boots)) ?? []
  for (const boot of boots) await bareBoot(out ?? '', boot)
  return (performance.now() - started) / 1000
}

function configOfHarness(): string {
  const given = givenKernels().find(({ kind }) => kind === 'tree')
  if (given?.kind !== 'tree') throw new Error('no tree was built')
  return join(given.work, 'build/.config')
}
