import { Command } from 'commander'
import { relative } from 'node:path'
import { bootCell } from '../boot/boot.ts'
import { DEFAULTS } from '../cell/cell.ts'
import { asTold, chapters, row, type Chapter } from '../demo/story.ts'
import { table } from '../demo/table.ts'
import type { BootResult } from '../types.ts'
import { interruptible } from './interrupt.ts'

const EXAMPLES = `
Examples:
  dmaspec demo
  dmaspec demo --kernel 7.3
      the same of another series, built by 'dmaspec images --kernel 7.3'

Exit status: 0 all four did what the report tells, 1 one did not, 2 something could not be booted, 130 interrupted.`

const BOARD = { overlays: ['sata-behind-ipmmu'], memory: '4G' }

/** `dmaspec demo`: the report of 2018, on four kernels. Exit status 0 if each did what the report tells. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('boot the four kernels of the 2018 report and show what each did')
    .option('--kernel <series>', 'the kernel series', DEFAULTS.kernel)
    .addHelpText('after', EXAMPLES)
    .action(({ kernel }: { kernel: string }) => interruptible(signal => demo(kernel, signal)))
}

async function demo(kernel: string, signal: AbortSignal): Promise<void> {
  const results: (readonly [Chapter, BootResult])[] = []
  for (const [i, chapter] of chapters.entries()) {
    const name = chapter.faults.join('+') || 'none'
    process.stderr.write(`booting ${i + 1} of ${chapters.length}: linux ${kernel}, faults: ${name}\n`)
    const cell = { ...BOARD, kernel, faults: chapter.faults }
    results.push([chapter, await bootCell(cell, { out: `out/demo/${name}`, whenInUse: 'next', signal })])
  }
  process.stdout.write(show(results))
  if (results.some(([chapter, result]) => !asTold(chapter, result))) process.exitCode = 1
}

function show(results: readonly (readonly [Chapter, BootResult])[]): string {
  const { report } = results[0]?.[1] ?? {}
  const head = ['faults put back', 'first page table', 'SATA', 'oops']
  const rows = results.map(([chapter, result]) => row(chapter, result))
  const consoles = results.map(([{ faults }, { artifacts, seconds }]) => {
    const name = faults.join(' + ') || 'none'
    return `  ${relative('', artifacts.console)}  (${name}, ${seconds.total.toFixed(1)} s)\n`
  })
  const wrong = results.filter(([chapter, result]) => !asTold(chapter, result)).length
  const verdict =
    wrong === 0
      ? 'As the report of 2018 tells it: one fault refuses the page table, the other makes the refusal a crash.'
      : `${wrong} of ${results.length} kernels did not do what the report of 2018 tells.`
  return [
    `\nlinux ${report?.kernel}, ${report?.machine}: 4 GiB of RAM, SATA behind the IPMMU\n\n`,
    table(head, rows),
    `\n${verdict}\n\nconsoles:\n`,
    ...consoles,
  ].join('')
}
