import { Command } from 'commander'
import { join, relative } from 'node:path'
import { bisect, type Step, type Watcher } from '../bisect/bisect.ts'
import { FILES, takeBisectFolder } from '../bisect/folder.ts'
import { answerLines, commitText, leftLine, stepLine } from '../bisect/lines.ts'
import type { Question } from '../bisect/question.ts'
import { jsonOf, writeReport } from '../bisect/report.ts'
import { CellError } from '../errors.ts'
import { type Progress, progressOn } from '../images/progress.ts'
import { formatSignature, parseSignature } from '../judge/signature.ts'
import { findSpecs } from '../run/specs.ts'
import { collect } from './collect.ts'
import { interruptible } from './interrupt.ts'
import { count } from './numbers.ts'
import { jobsOption } from './spec-options.ts'
import { checkKernelOptions } from './kernel-options.ts'

interface Options {
  tree: string
  good: string
  bad: string
  spec: string[]
  faultSignature?: string
  runs: number
  badOf: number
  flavour?: string
  fragment?: string[]
  patch?: string[]
  jobs?: number
  resume?: boolean
  restart?: boolean
  out: string
  json?: boolean
}

const EXAMPLES = `
Examples:
  dmaspec bisect --tree ~/linux --good v6.1 --bad v6.2-rc1 --spec sata-iommus
      which commit broke that spec? What is looked for is what the bad end shows
  dmaspec bisect --tree ~/linux --good v6.1 --bad HEAD --spec report --fault-signature 'null-deref in ipmmu_domain_free'
      where the bad end shows several failures
  dmaspec bisect --tree ~/linux --good v6.1 --bad HEAD --spec smp --runs 5 --bad-of 2
      one that comes and goes: bad is what shows it in 2 of up to 5 runs
  dmaspec bisect --tree ~/linux --good v6.1 --bad HEAD --spec smp --resume
      after Ctrl-C, a crash or a reboot: what is known is not asked again

A signature is a crash's kind and top frame, or 'spec › test › assertion'. A commit that shows it is bad; one on which
nothing fails is good; one that does not build, does not boot or fails otherwise is skipped. ${FILES.log} in --out is for
git bisect replay, ${FILES.mail} for a mail. The tree, its .git and what is checked out stay as they are.

Exit status: 0 found, 2 not found (only skipped commits are left, or git sees no way) or it could not be done,
130 interrupted.`

/** `dmaspec bisect`: which commit brought a failure. */
export function bisectCommand(): Command {
  return new Command('bisect')
    .description('find the commit that brought a crash or a failing assertion')
    .requiredOption('--tree <dir>', 'a git checkout of Linux, 4.19 or later; nothing in it is written')
    .requiredOption('--good <rev>', 'a commit that does not show the failure')
    .requiredOption('--bad <rev>', 'a commit that shows it')
    .requiredOption('--spec <glob>', 'specs by name, or files (repeatable)', collect)
    .option('--fault-signature <text>', 'what to look for (default: what --bad shows, if that is one thing)')
    .option('--runs <n>', 'run the specs on a commit up to n times', count, 1)
    .option('--bad-of <k>', 'bad is a commit that shows it in k of these runs', count, 1)
    .option('--flavour <name>', 'how each commit is configured, as for run')
    .option('--fragment <file>', 'append these lines to the configuration (repeatable)', collect)
    .option('--patch <file>', 'apply this to each commit (repeatable, in order)', collect)
    .addOption(jobsOption())
    .option('--resume', 'go on with a bisection that was interrupted')
    .option('--restart', 'forget what is known of it')
    .option('--out <dir>', 'folder for the answer, and for the runs', 'out/bisect')
    .option('--json', 'print the answer as JSON, and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(run)
}

async function run(options: Options): Promise<void> {
  const question = questionOf(options)
  const { out, jobs, resume = false, restart = false, json = false } = options
  await interruptible(async signal => {
    const progress = progressOn(process.stderr)
    const folder = await takeBisectFolder(out, { keep: resume })
    try {
      const print = (line: string) => void (json ? progress.note(line) : process.stdout.write(`${line}\n`))
      const found = await bisect(question, {
        ...{ signal, progress, jobs, out: folder.path, resume, restart },
        watcher: watcherOn(print, progress),
        onLog: log => folder.write('log', log),
      })
      const mail = await writeReport(folder, question, found)
      for (const line of answerLines(found)) print(line)
      const files = [FILES.log, FILES.json, ...(mail === null ? [] : [FILES.mail])]
      print(`written: ${files.map(file => relative('', join(folder.path, file))).join(' ')}`)
      if (json) process.stdout.write(jsonOf(question, found))
      else if (mail !== null) process.stdout.write(`\n${mail}`)
      process.exitCode = found.first ? 0 : 2
    } catch (error) {
      progress.stop()
      if (!(error instanceof CellError))
        progress.note('what is known is kept: the same command with --resume goes on')
      throw error
    } finally {
      progress.stop()
      await folder.release()
    }
  })
}

/** Nonsense is refused before anything is built. */
function questionOf(options: Options): Question {
  const { tree, good, bad, spec: specs, faultSignature, runs, badOf } = options
  const { flavour = null, fragment: fragments = [], patch: patches = [] } = options
  checkKernelOptions({ tree, ...(flavour === null ? {} : { flavour }) })
  findSpecs(specs)
  if (badOf > runs) throw new CellError(`--bad-of ${badOf} is more than --runs ${runs}`)
  const signature = faultSignature === undefined ? undefined : parseSignature(faultSignature)
  return { tree, good, bad, specs, signature, runs, badOf, patches, fragments, flavour }
}

function watcherOn(print: (line: string) => void, progress: Progress): Watcher {
  const done: Step[] = []
  return {
    judging(commit, left) {
      if (left) progress.note(leftLine(left, done, new Date()))
      progress.note(`judging ${commitText(commit)}`)
    },
    judged(step) {
      done.push(step)
      print(stepLine(step))
    },
    wanted: signature => print(`looking for: ${formatSignature(signature)}`),
    resumed: commits => print(`going on: ${commits} of its commits are known`),
  }
}
