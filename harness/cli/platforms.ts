import { Command } from 'commander'
import { join, relative } from 'node:path'
import { bootCell } from '../boot/boot.ts'
import { kernelsAsked, resolveKernel } from '../cell/cell.ts'
import { unknown } from '../cell/suggest.ts'
import { table } from '../demo/table.ts'
import { BootError, CellError } from '../errors.ts'
import { knownKernels, knownSeries } from '../images/index.ts'
import { HEAD, isAsExpected, markdownOf, rowsOf, type Answer } from '../question/answer.ts'
import { knownPlatforms, platforms, type Platform } from '../platform/platforms.ts'
import { cellOf, expected, firstTable, scenarios, seen, type Scenario } from '../question/story.ts'
import { factsOf } from '../series-facts.ts'
import type { BootResult, CellInput, KernelName, PlatformName } from '../types.ts'
import { collect } from './collect.ts'
import { interruptible } from './interrupt.ts'

interface Options {
  kernel?: KernelName[]
  platform?: PlatformName[]
  markdown?: boolean
  out: string
}

const EXAMPLES = `
Examples:
  dmaspec platforms
      the report's faults on every platform that has an IOMMU, on linux 6.1 or those that $KERNELS names
  dmaspec platforms --kernel 6.12 --kernel 7.2 --platform virt-smmuv3-noncoherent

Exit status: 0 all did what their rows say, 1 one did not, 2 something could not be booted, 130 interrupted.`

/** Two: most of a boot whose disk dies is waiting. */
const AT_ONCE = 2

/** `dmaspec platforms`: "Does the IOMMU work on other arm64 platforms?" */
export function platformsCommand(): Command {
  return new Command('platforms')
    .description("answer the report's question: its faults on every platform, on kernel after kernel")
    .option('--kernel <name>', `kernel series (repeatable): ${knownSeries().join(', ')}`, collect)
    .option('--platform <name>', `platform (repeatable): ${knownPlatforms.join(', ')}`, collect)
    .option('--markdown', 'print the table as Markdown, and nothing else')
    .option('--out <dir>', 'folder for the boots', 'out/platforms')
    .addHelpText('after', EXAMPLES)
    .action((options: Options) => interruptible(signal => answer(options, signal)))
}

interface Question {
  kernel: KernelName
  platform: Platform
  scenario: Scenario
  cell: CellInput
}

async function answer(options: Options, signal: AbortSignal): Promise<void> {
  const questions = questionsOf(options)
  const answers: Answer[] = []
  const left = [...questions.entries()]
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [i, { kernel, platform, scenario, cell }] = next
      const name = `linux ${kernel} on ${platform.name}, ${scenario.name}`
      process.stderr.write(`booting ${i + 1} of ${questions.length}: ${name}\n`)
      const out = join(options.out, kernel, platform.name, scenario.name.replaceAll(/\W+/g, '-'))
      const result = await bootAnyhow(cell, out, signal)
      const facts = factsOf(kernel)
      answers[i] = {
        ...{ kernel, platform, scenario, table: firstTable(result) },
        outcome: seen(platform, result, facts),
        expected: expected(platform, scenario, facts),
      }
    }
  }
  // If one fails, nothing more is begun, and what was begun is waited for.
  const workers = Array.from({ length: AT_ONCE }, () => work().finally(() => left.splice(0)))
  await Promise.allSettled(workers)
  await Promise.all(workers)
  process.stdout.write(options.markdown ? markdownOf(answers) : show(answers, options.out))
  if (!answers.every(isAsExpected)) process.exitCode = 1
}

/** By platform, then by what is done, then by kernel: as the table has it. */
function questionsOf({ kernel: kernels = kernelsAsked(), platform: names }: Options): Question[] {
  const known = knownKernels()
  for (const kernel of kernels) resolveKernel(kernel, known)
  const wrong = names?.find(name => !knownPlatforms.includes(name))
  if (wrong !== undefined) throw new CellError(unknown('platform', wrong, knownPlatforms))
  const chosen = platforms.filter(({ name, iommu }) => names?.includes(name) ?? iommu !== null)
  return chosen.flatMap(platform =>
    scenarios.flatMap(scenario =>
      kernels.flatMap(kernel => {
        const cell = cellOf(platform, scenario, kernel)
        return cell ? [{ kernel, platform, scenario, cell }] : []
      }),
    ),
  )
}

/** A kernel that never got to its marker is an answer, too. */
async function bootAnyhow(cell: CellInput, out: string, signal: AbortSignal): Promise<BootResult> {
  try {
    return await bootCell(cell, { out, signal })
  } catch (error) {
    if (error instanceof BootError && error.result) return error.result
    throw error
  }
}

function show(answers: readonly Answer[], out: string): string {
  const wrong = answers.filter(answer => !isAsExpected(answer))
  const lines = wrong.map(({ kernel, platform, scenario, outcome, expected }) => {
    const name = `linux ${kernel} on ${platform.name}, ${scenario.name}`
    return `\n${name}:\n  expected ${JSON.stringify(expected)}\n  seen     ${JSON.stringify(outcome)}\n`
  })
  const verdict = wrong.length === 0 ? 'All as their rows say.' : `${wrong.length} not as their rows say.`
  return [
    table(HEAD, rowsOf(answers)),
    `\n${answers.length} boots, kept in ${relative('', out)}. ${verdict}\n`,
    ...lines,
  ].join('')
}
