import { Command } from 'commander'
import { join } from 'node:path'
import { endBisectRun, SKIP } from '../bisect/git-run.ts'
import { judgementOf, verdictOf } from '../bisect/judgement.ts'
import { mendedIn, specsProgress } from '../bisect/step.ts'
import { CellError } from '../errors.ts'
import { cacheRoot } from '../images/cache.ts'
import { sha256 } from '../images/inputs.ts'
import { progressOn } from '../images/progress.ts'
import { judge } from '../judge/judge.ts'
import { formatSignature, parseSignature } from '../judge/signature.ts'
import { oneLine } from '../text.ts'
import { collect } from './collect.ts'
import { interruptible } from './interrupt.ts'
import { checkKernelOptions } from './kernel-options.ts'

interface Options {
  tree: string
  spec: string[]
  faultSignature?: string
  flavour?: string
  fragment?: string[]
  patch?: string[]
  out?: string
}

const EXAMPLES = `
Examples:
  git bisect start v6.2-rc1 v6.1
  git bisect run npx dmaspec bisect-step --spec report --fault-signature 'null-deref in ipmmu_domain_free'
      in a checkout of Linux; the files are judged as they are, changes of yours and all
  dmaspec bisect-step --tree ~/linux --spec report
      what does this tree show? Says the signatures, for --fault-signature

Exit status: 0 good: nothing failed; 1 bad: it shows the signature; 125 it can't be judged: it doesn't build, doesn't
boot, or fails otherwise. Where no later step could do better (no compiler, no space, no such spec) it ends the
git bisect run that it is a step of, and then exits 125: nothing is marked, and the bisection can be gone on with.
So does one that is interrupted.`

/** `dmaspec bisect-step`: the script for `git bisect run`. */
export function bisectStepCommand(): Command {
  return new Command('bisect-step')
    .description('judge a tree for git bisect run')
    .option('--tree <dir>', 'the tree, as it is on disk', '.')
    .requiredOption('--spec <glob>', 'specs by name, or files (repeatable)', collect)
    .option('--fault-signature <text>', 'what makes it bad: a crash, or spec › test › assertion')
    .option('--flavour <name>', 'how it is configured, as for run')
    .option('--fragment <file>', 'append these lines to the configuration (repeatable)', collect)
    .option('--patch <file>', 'apply this (repeatable, in order)', collect)
    .option('--out <dir>', 'folder for the results (default: in the cache)')
    .addHelpText('after', EXAMPLES)
    .action(step)
}

const STATUS = { good: 0, bad: 1, skip: SKIP } as const

async function step(options: Options): Promise<void> {
  const { tree, spec: specs, faultSignature, flavour = null, fragment = [], patch = [] } = options
  checkKernelOptions({ tree, ...(flavour === null ? {} : { flavour }) })
  const out = options.out ?? join(cacheRoot(), 'work', `bisect-step-${sha256(process.cwd()).slice(0, 12)}`)
  await interruptible(async signal => {
    const progress = progressOn(process.stderr)
    const request = { tree, patches: patch, fragments: fragment, flavour }
    const display = () => specsProgress(progress, tree)
    const judged = await judge({ ...request, specs, out, signal, progress, display })
    const run = judgementOf(judged, out, judged.status === 'unbuildable' ? [] : mendedIn(judged.kernel))
    if (faultSignature === undefined) throw new CellError(unasked(run.signatures, run.why))
    const wanted = parseSignature(faultSignature)
    const { mark, why } = verdictOf([run], { wanted, runs: 1, badOf: 1 }) ?? { mark: 'skip', why: '' }
    process.stdout.write(`dmaspec: ${mark}: ${oneLine(why)}\n`)
    for (const text of run.signatures.filter(text => text !== formatSignature(wanted)))
      process.stdout.write(`dmaspec: shows ${text}\n`)
    process.exitCode = STATUS[mark]
  })
}

function unasked(signatures: readonly string[], why: string | null): string {
  if (why !== null) return `it can't be judged: ${why}`
  if (signatures.length === 0)
    return 'nothing failed: on a tree that shows the failure this says its signature'
  return ['say which failure is meant:', ...signatures.map(text => `  --fault-signature '${text}'`)].join(
    '\n',
  )
}

/** What a step exits with that could not be made. */
export function failedStep(): number {
  if (endBisectRun())
    process.stderr.write(
      'dmaspec: git bisect run was ended: nothing was marked; once that is cured, run it again\n',
    )
  return SKIP
}
