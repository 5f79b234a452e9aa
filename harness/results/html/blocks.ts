import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import type { BootRecord, CellResult, RunResult, TestResult } from '../result.ts'
import { SharedConsoles, type ConsolesOfBlock } from './shared-consoles.ts'
import { excerpt } from './console.ts'
import type { Block, BootDetail, TestDetail } from './detail.ts'
import { traceExcerpt } from './device-trace.ts'
import { readBoot, type BootFiles } from './files.ts'
import { WORST_FIRST } from './grid.ts'
import { marksOf } from './marks.ts'
import { measured } from './measure.ts'
import { visibleJson } from './visible.ts'

/** Bytes of all blocks in the page, from which on consoles and traces stay in their folders. */
export const BUDGET = 48 * 2 ** 20

export interface Blocks {
  /** For each of result.cells: deflated JSON of a Block, in base64. */
  texts: string[]
  /** For each of result.cells, for each of its tests: measured addresses. */
  measured: string[][][]
  /** Cells whose consoles and traces are not in the page. */
  leftOut: number
}

const compress = promisify(deflate)

/** Reads all boots and packs what clicks show, the worst verdicts first: a budget that runs out hits those that passed. */
export async function packBlocks(out: string, result: RunResult, budget = BUDGET): Promise<Blocks> {
  const blocks: Blocks = { texts: [], measured: [], leftOut: 0 }
  const shared = new SharedConsoles()
  let size = 0
  const worst = ({ verdict }: CellResult) => WORST_FIRST.indexOf(verdict)
  const order = [...result.cells.entries()].sort(([, a], [, b]) => worst(a) - worst(b))
  for (const [i, cell] of order) {
    const consoles = shared.ofBlock(i)
    const { block, addresses } = await readCell(
      { out, isMerged: result.merged !== undefined },
      cell,
      consoles,
    )
    let text = await pack(block)
    if (size + text.length <= budget) consoles.share()
    else {
      text = await pack({ ...block, consoles: [], tests: block.tests.map(withoutFiles) })
      blocks.leftOut++
    }
    size += text.length
    blocks.texts[i] = text
    blocks.measured[i] = addresses
  }
  return blocks
}

async function readCell(
  { out, isMerged }: { out: string; isMerged: boolean },
  { reason, attempts, tests }: CellResult,
  consoles: ConsolesOfBlock,
) {
  const block: Block = { reason, attempts, tests: [], consoles: consoles.own }
  const addresses: string[][] = []
  for (const test of tests) {
    const boots: BootDetail[] = []
    const lines: string[][] = []
    for (const boot of test.boots) {
      const files = await readBoot(out, boot.folder, isMerged)
      boots.push(bootDetail(boot, files, consoles))
      lines.push(measured(files.facts, files.events ?? []))
    }
    block.tests.push(testDetail(test, boots))
    addresses.push(lines.find(one => one.length > 0) ?? [])
  }
  return { block, addresses }
}

function testDetail(
  { path, verdict, seconds, reason, assertions }: TestResult,
  boots: BootDetail[],
): TestDetail {
  return { title: path.join(' › '), verdict, seconds, reason, assertions, boots }
}

function bootDetail(boot: BootRecord, files: BootFiles, consoles: ConsolesOfBlock): BootDetail {
  const { folder, end, reason, seconds, memory } = boot
  const { lines, argv, facts, events, problems } = files
  const marks = facts && lines ? marksOf(facts, lines) : []
  return {
    ...{ folder, end, reason, seconds, memory, problems, facts, argv, marks },
    console: lines && consoles.place(excerpt(lines, marks)),
    trace: events && traceExcerpt(events),
  }
}

function withoutFiles(test: TestDetail): TestDetail {
  const problem = 'console and trace are not in this file, which would be too big: they are in the folder'
  const without = (boot: BootDetail) => ({
    ...boot,
    ...{ console: null, trace: null, marks: [], problems: [...boot.problems, problem] },
  })
  return { ...test, boots: test.boots.map(without) }
}

async function pack(block: Block): Promise<string> {
  return (await compress(visibleJson(block), { level: 9 })).toString('base64')
}
