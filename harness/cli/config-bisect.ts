import { Command } from 'commander'
import { relative } from 'node:path'
import { bisectConfig } from '../config-bisect/config-bisect.ts'
import { answerText, list, stepLine } from '../config-bisect/text.ts'
import { progressOn } from '../images/progress.ts'
import { formatSignature, parseSignature } from '../judge/signature.ts'
import { displayOn } from '../run/display.ts'
import { count } from '../text.ts'
import { interruptible } from './interrupt.ts'
import { jobsOption, specOption } from './spec-options.ts'
import { checkKernelOptions } from './kernel-options.ts'
import { shownOnStdout } from './shown.ts'

interface Options {
  tree: string
  ref?: string
  flavour?: string
  good: string
  bad: string
  spec?: string[]
  faultSignature?: string
  jobs?: number
  out: string
  json?: boolean
}

const EXAMPLES = `
A configuration is a whole .config, or lines of one; both go on top of dmaspec's own. What Kconfig makes of them is what
is compared, and what of them it doesn't take is no error. Modules are never loaded: =m is off.

A failure is known by what crashed and where, or by the spec, the test and the assertion. If the bad end has several,
they are listed, to choose one from. A kernel that doesn't build or boot, or fails otherwise, says nothing.

Examples:
  dmaspec config-bisect --tree ~/linux --good works.config --bad fails.config --spec report
  dmaspec config-bisect --tree ~/linux --ref v6.9 --good /dev/null --bad more.fragment --spec sata-iommus
      an empty one is dmaspec's own
  dmaspec config-bisect --tree ~/linux --good a.config --bad b.config --spec report \\
      --fault-signature 'null-deref in ipmmu_domain_free'

Interrupted, it can be started again: what was built then is in the cache.

Exit status: 0 the options were found, 2 they were not, 130 interrupted.`

/** `dmaspec config-bisect`: of two configurations, one good and one bad, which option does it. */
export function configBisectCommand(): Command {
  return new Command('config-bisect')
    .description(
      'of two configurations, one good, one bad: find the option that does it, or the smallest set',
    )
    .requiredOption('--tree <dir>', 'the Linux tree, 4.19 or later; nothing in it is written')
    .requiredOption('--good <file>', 'a .config, or lines of one, with which the specs pass')
    .requiredOption('--bad <file>', 'one with which they fail')
    .option('--ref <commit>', 'that commit of --tree, rather than what is on disk')
    .option('--flavour <name>', 'how it is configured below both, as of dmaspec run')
    .addOption(specOption())
    .option('--fault-signature <text>', 'the failure to look for (default: the one that the bad end has)')
    .addOption(jobsOption())
    .option('--out <dir>', 'folder for the results of all kernels', 'out/config-bisect')
    .option('--json', 'print the answer as JSON, and nothing else')
    .addHelpText('after', EXAMPLES)
    .action(configBisect)
}

async function configBisect(options: Options): Promise<void> {
  const { tree, ref, flavour, good, bad, spec = [], faultSignature, out, json = false } = options
  checkKernelOptions({ tree, ...(flavour === undefined ? {} : { flavour }) })
  const print = (text: string) => void (json || process.stdout.write(`${text}\n`))
  const progress = progressOn(process.stderr)
  let of = 0
  const answer = await interruptible(signal =>
    bisectConfig({
      ...{ tree, ref, flavour: flavour ?? null, good, bad, specs: spec, out, jobs: options.jobs },
      ...{ signal, progress, wanted: faultSignature === undefined ? null : parseSignature(faultSignature) },
      display: path => displayOn(process.stderr, { out: path, cells: [], durationsKnown: false }),
      on: {
        differ(differ) {
          of = differ.length
          print(
            [`${count(of, 'option')} differ from the good end to the bad one`, ...list(differ)].join('\n'),
          )
        },
        end: judging => print(stepLine(judging, of)),
        wanted: signature => print(`looking for: ${formatSignature(signature)}`),
        step: (judging, outcome) => print(stepLine(judging, of, outcome)),
      },
    }),
  )
  process.stdout.write(
    json ? JSON.stringify(answer, null, 2) + '\n' : `\n${answerText(answer, shownOnStdout())}`,
  )
  print(`kept: ${relative('', out) || '.'}`)
}
