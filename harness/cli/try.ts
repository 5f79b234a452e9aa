import { Command } from 'commander'
import { relative } from 'node:path'
import { CellError } from '../errors.ts'
import { progressOn } from '../images/progress.ts'
import { displayOn } from '../run/display.ts'
import { trialJson } from '../try/json.ts'
import { stepText, trialText, withoutText } from '../try/text.ts'
import { tryPatches } from '../try/try.ts'
import { collect } from './collect.ts'
import { interruptible } from './interrupt.ts'
import { jobsOption, specOption } from './spec-options.ts'
import { checkKernelOptions } from './kernel-options.ts'
import { shownOnStdout } from './shown.ts'

interface Options {
  tree: string
  ref?: string
  flavour?: string
  fragment?: string[]
  spec?: string[]
  each?: boolean
  jobs?: number
  out: string
  json?: boolean
}

const EXAMPLES = `
A patch is a diff, a mail, or a mailbox as git format-patch --stdout or lore (t.mbox.gz) has it. Of a mailbox, the cover
letter, answers and older versions are left out, and said; [PATCH n/m] is the order.

Examples:
  dmaspec try --tree ~/linux --spec report 0001-fix.patch
      what does it do to the specs, and what else does the kernel do differently?
  dmaspec try --tree ~/linux --ref v6.9 --each series.mbox
      each patch of a series in turn: does it build, boot and pass everywhere in between?
  git -C ~/linux format-patch --stdout -1 > /tmp/fix.mbox; dmaspec try --tree ~/linux --ref HEAD~1 /tmp/fix.mbox
      the last commit
  dmaspec try --tree ~/linux --json fix.patch | jq -r '.answer, .all.effect.fixed[].failure'

The answers are: fixes it; breaks it; fixes one, breaks another; changes something; no difference; doesn't apply; doesn't
build; doesn't boot; can't be told.

Exit status: 0 no harm is done; 1 it breaks something, doesn't build or doesn't boot; 2 it could not be tried: it doesn't
apply, or the tree itself doesn't build or boot; 130 interrupted. With --each the worst of all steps.`

/** `dmaspec try`: what a patch does. */
export function tryCommand(): Command {
  return new Command('try')
    .description('build a tree without and with patches, run specs on both, and say what the patches do')
    .argument('<patch...>', 'diffs, mails and mailboxes, in the order in which they apply')
    .requiredOption('--tree <dir>', 'the Linux tree, 4.19 or later; nothing in it is written')
    .option('--ref <commit>', 'that commit of it, rather than what is on disk')
    .option('--flavour <name>', 'how it is configured, as of dmaspec run')
    .option('--fragment <file>', 'append these lines to its configuration (repeatable)', collect)
    .addOption(specOption())
    .option('--each', 'each patch of the series in turn, on top of those before it')
    .addOption(jobsOption())
    .option('--out <dir>', 'folder for the patches and the results of both', 'out/try')
    .option('--json', 'print the answer as JSON, and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(tryThem)
}

async function tryThem(files: string[], options: Options): Promise<void> {
  const { tree, ref, flavour, fragment = [], spec = [], each = false, json = false, out } = options
  checkKernelOptions({ tree, ...(flavour === undefined ? {} : { flavour }) })
  if (files.includes('-')) throw new CellError('a patch is a file: put what you have on stdin into one')
  const print = (text: string) => void (json || process.stdout.write(`${text}\n`))
  const progress = progressOn(process.stderr)
  const trial = await interruptible(signal =>
    tryPatches({
      ...{ files, each, tree, ref, flavour: flavour ?? null, fragments: fragment, specs: spec, out },
      ...{ jobs: options.jobs, signal, progress },
      display: path => displayOn(process.stderr, { out: path, cells: [], durationsKnown: false }),
      on: {
        note: note => progress.note(note),
        without: step => print(withoutText(step)),
        step: step => print(stepText(step)),
      },
    }),
  )
  process.stdout.write(json ? trialJson(trial) : trialText(trial, shownOnStdout()))
  print(`kept: ${relative('', out) || '.'}`)
  process.exitCode = trial.exit
}
