import type { RunResult } from '../result.ts'
import type { Blocks } from './blocks.ts'
import { gridOf, type Column, type Grid, type GridVerdict, type Place } from './grid.ts'

/** Each verdict's sign and order. Colour only repeats what sign and word say. */
export const GLYPHS: Record<Exclude<GridVerdict, 'none'>, string> = {
  failed: '✗',
  error: '!',
  flaky: '~',
  missing: '?',
  skipped: '–',
  passed: '✓',
  elsewhere: '·',
}

type Named = keyof typeof GLYPHS

/** How much of a hash, and of a title in a cell, is shown. */
const SHOWN = { hash: 12, problems: 20, note: 70, title: 200 }

/** What page.eta fills in, but for style and script. */
export type View = ReturnType<typeof viewOf>

/** The page's words and numbers. */
export function viewOf(result: RunResult, blocks: Blocks) {
  const grid = gridOf(result)
  const leaves = countVerdicts(grid)
  const counts = (Object.keys(GLYPHS) as Named[])
    .filter(verdict => leaves.has(verdict))
    .map(verdict => ({ verdict, glyph: GLYPHS[verdict], count: number(leaves.get(verdict) ?? 0) }))
  const sum = counts.map(({ verdict, count }) => `${count} ${verdict}`).join(', ') || 'nothing was run'
  const rows = rowsOf(grid, result, blocks)
  return {
    title: `dmaspec: ${sum}`,
    sum,
    run: runFacts(result, grid),
    problems: problemsOf(result, grid, blocks),
    legend: 'A spec’s own row says what came of it as a whole.',
    counts,
    columns: grid.kernels.map(columnHead),
    rows,
    rowCount: rows.length + 1,
    blocks: blocks.texts,
  }
}

/** Tests, and specs that have none: what a reader counts. */
function countVerdicts({ specs }: Grid): Map<Named, number> {
  const counts = new Map<Named, number>()
  const add = ({ verdict }: Place) => {
    if (verdict !== 'none') counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
  }
  for (const { cells, tests } of specs) {
    for (const test of tests) test.cells.forEach(add)
    for (const [column, cell] of cells.entries()) {
      if (tests.every(test => test.cells[column]?.verdict === 'none')) add(cell)
    }
  }
  return counts
}

function runFacts(result: RunResult, { specs, kernels }: Grid): [string, string][] {
  const { machine, shard, dmaspec, started, seconds } = result
  const facts: [string, string][] = [
    ['matrix', `${count(specs.length, 'spec')} × ${count(kernels.length, 'kernel')}`],
    ['dmaspec', dmaspec],
    ['started', started.replace('T', ' ').replace(/\.\d+Z$/, 'Z')],
    ['took', duration(seconds)],
    ['on', `${machine.cores} × ${machine.cpu}, ${Math.round(machine.memory / 2 ** 30)} GiB`],
    ['QEMU', machine.qemu],
  ]
  if (result.merged) facts.splice(1, 0, ['merged from', count(result.merged.parts.length, 'part')])
  if (shard) facts.splice(1, 0, ['shard', `${shard.index} of ${shard.count}`])
  return facts
}

/** A merge says by itself what is missing, doubled or does not fit. */
function problemsOf(result: RunResult, grid: Grid, blocks: Blocks): string[] {
  const { merged } = result
  const problems = [...(merged?.problems ?? [])]
  if (!merged && grid.missing.length > 0) {
    problems.push(`${count(grid.missing.length, 'cell')} planned, never reported: ${some(grid.missing)}`)
  }
  if (!merged && grid.doubled.length > 0) {
    problems.push(
      `${count(grid.doubled.length, 'cell')} reported more than once, the worst is shown: ${some(grid.doubled)}`,
    )
  }
  for (const { name, versions } of grid.kernels) {
    if (!merged && versions.length > 1)
      problems.push(`${name} is not one kernel: its cells ran on ${versions.join(', ')}`)
  }
  if (result.shard) {
    const elsewhere = result.matrix.length - new Set(result.cells.map(({ id }) => id)).size
    const { index, count: shards } = result.shard
    problems.push(
      `this is shard ${index} of ${shards} alone: ${count(elsewhere, 'cell')} of ${result.matrix.length} are not in it`,
    )
  }
  if (blocks.leftOut > 0) {
    problems.push(
      `consoles and traces of ${count(blocks.leftOut, 'cell')} are not in this file, which would be too big: they are in the folder beside it`,
    )
  }
  return problems
}

function some(ids: readonly string[]): string {
  const more = ids.length - SHOWN.problems
  return ids.slice(0, SHOWN.problems).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function columnHead({ name, versions, hashes }: Column) {
  const [version = 'never booted'] = versions
  const [hash = ''] = hashes
  const more = (list: readonly string[]) => (list.length > 1 ? ` +${list.length - 1}` : '')
  return {
    name,
    version: version + more(versions),
    hash: hash.slice(0, SHOWN.hash) + more(hashes),
    title: [...versions, ...hashes.map(sha256 => `Image sha256 ${sha256}`)].join('\n') || 'never booted',
  }
}

function rowsOf(grid: Grid, result: RunResult, blocks: Blocks) {
  const rows = []
  for (const { spec, cells, tests } of grid.specs) {
    rows.push({
      kind: 'spec',
      id: spec,
      title: spec,
      cells: cells.map(place => cellView(place, result, blocks)),
    })
    const ids = new Set<string>()
    for (const { path, cells } of tests) {
      const title = cut(path.join(' › '), SHOWN.title) || 'outside of a test'
      const id = unused(`${spec}/${slug(title)}`, ids)
      rows.push({ kind: 'test', id, title, cells: cells.map(place => cellView(place, result, blocks)) })
    }
  }
  return rows
}

function cellView({ verdict, seconds, cell, test }: Place, result: RunResult, blocks: Blocks) {
  const of = cell === null ? undefined : result.cells[cell]
  const leaf = test === null ? undefined : of?.tests[test]
  const lines = (cell !== null && test !== null && blocks.measured[cell]?.[test]) || []
  const attempts = of && test === null && of.attempts > 1 ? `${of.attempts} attempts` : ''
  const oopses = leaf?.boots.flatMap(boot => boot.oopses) ?? []
  const broken = leaf?.assertions.find(one => !one.ok && one.directive === null)
  const reason = leaf ? leaf.reason : of?.reason
  const note = reason ?? (broken ? `not ok: ${broken.title}` : (oopses[0] ?? attempts))
  return {
    verdict,
    glyph: verdict === 'none' ? '' : GLYPHS[verdict],
    word: verdict === 'none' ? '' : verdict === 'elsewhere' ? 'other shard' : verdict,
    time: seconds === null || verdict === 'skipped' ? '' : duration(seconds),
    lines,
    note: cut(note, SHOWN.note),
    at: cell === null ? '' : test === null ? `${cell}` : `${cell}.${test}`,
  }
}

/** The whole of it is in the detail. */
function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most).trimEnd()}…`
}

/** `a 32-bit bus refuses` → a-32-bit-bus-refuses: a link that survives the next run. */
function slug(title: string): string {
  return (
    title
      .toLowerCase()
      .match(/[\p{L}\p{N}._]+/gu)
      ?.join('-')
      .slice(0, 100) ?? 'test'
  )
}

function unused(id: string, taken: Set<string>): string {
  let free = id
  for (let i = 2; taken.has(free); i++) free = `${id}-${i}`
  taken.add(free)
  return free
}

/** `1.9 s`, `42 s`, `12 min 5 s`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

function count(n: number, noun: string): string {
  return `${number(n)} ${n === 1 ? noun : `${noun}s`}`
}

function number(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',')
}
