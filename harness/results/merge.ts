import { createHash } from 'node:crypto'
import { join, relative } from 'node:path'
import { rank } from './outcome.ts'
import { problemsOfParts } from './problems.ts'
import type { CellResult, Merged, MergedPart, RunResult, Verdict } from './result.ts'
import { FORMAT } from './result.ts'

/** What is merged: a result, and the absolute folder that its boots' folders are below. */
export interface Part {
  folder: string
  result: RunResult
}

/**
 * One result of any number of parts, among them such as were merged already. Pure; in whatever order and however
 * grouped, the same comes out. Of a cell that several parts have, the worst is kept; that, and what is missing, is in
 * `merged`.
 * @param out the absolute folder that the result is for: boots' folders are made relative to it
 * @throws if there is nothing to merge
 */
export function mergeResults(parts: readonly Part[], out: string): RunResult {
  const known = parts.flatMap(({ result }) => result.merged?.parts ?? [partOf(result)]).sort(byText)
  const [first] = known
  if (!first) throw new Error('nothing to merge')
  const matrix = matrixOf(parts.map(({ result }) => result.matrix))
  const { cells, doubled } = cellsOf(parts)
  const place = new Map(matrix.map((id, i) => [id, i]))
  cells.sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0))
  const facts = { parts: known, doubled, matrix, cells }
  return {
    format: FORMAT,
    dmaspec: distinct(known.map(part => part.dmaspec)).join(', '),
    machine: machineOf(known),
    ...timesOf(known),
    shard: null,
    matrix,
    cells: cells.map(cell => moved(cell, folder => relative(out, folder))),
    merged: { parts: known, doubled, problems: problemsOfParts(facts) } satisfies Merged,
  }
}

function partOf({ dmaspec, machine, started, seconds, shard, matrix, cells }: RunResult): MergedPart {
  const sha256 = createHash('sha256')
    .update(JSON.stringify([...matrix].sort()))
    .digest('hex')
    .slice(0, 16)
  const { cpu, cores, memory, qemu } = machine
  return {
    dmaspec,
    machine: { cpu, cores, memory, qemu },
    started,
    seconds,
    shard: shard && { index: shard.index, count: shard.count },
    matrix: { cells: matrix.length, sha256 },
    cells: cells.length,
  }
}

/** In the parts' own order if they agree on it. */
function matrixOf(matrices: readonly string[][]): string[] {
  const [first = [], ...others] = matrices
  const same = others.every(ids => ids.length === first.length && ids.every((id, i) => id === first[i]))
  return same ? first : distinct(matrices.flat())
}

function cellsOf(parts: readonly Part[]): { cells: CellResult[]; doubled: Merged['doubled'] } {
  const byId = new Map<string, CellResult[]>()
  const verdicts = new Map<string, Verdict[]>()
  for (const { folder, result } of parts) {
    const before = new Map(result.merged?.doubled.map(({ id, verdicts }) => [id, verdicts]))
    for (const cell of result.cells) {
      const own = { ...moved(cell, below => join(folder, below)), started: cell.started ?? result.started }
      byId.set(cell.id, [...(byId.get(cell.id) ?? []), own])
      verdicts.set(cell.id, [...(verdicts.get(cell.id) ?? []), ...(before.get(cell.id) ?? [cell.verdict])])
    }
  }
  const cells = [...byId.values()].map(same => same.reduce((a, b) => (isWorse(b, a) ? b : a)))
  const doubled = [...verdicts]
    .filter(([, all]) => all.length > 1)
    .map(([id, all]) => ({ id, verdicts: all.sort((a, b) => rank(a) - rank(b)) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  return { cells, doubled }
}

/** A total order, so that it doesn't matter which came first. */
function isWorse(a: CellResult, b: CellResult): boolean {
  const order = rank(a.verdict) - rank(b.verdict)
  return order !== 0 ? order < 0 : byText(a, b) < 0
}

function moved(cell: CellResult, move: (folder: string) => string): CellResult {
  const tests = cell.tests.map(test => ({
    ...test,
    boots: test.boots.map(boot => ({ ...boot, folder: move(boot.folder) || '.' })),
  }))
  return { ...cell, tests }
}

function machineOf(parts: readonly MergedPart[]): RunResult['machine'] {
  const machines = parts.map(({ machine }) => machine)
  return {
    cpu: distinct(machines.map(({ cpu }) => cpu)).join(', '),
    cores: Math.max(...machines.map(({ cores }) => cores)),
    memory: Math.max(...machines.map(({ memory }) => memory)),
    qemu: distinct(machines.map(({ qemu }) => qemu)).join(', '),
  }
}

/** From the first start to the last end, by the hosts' clocks. */
function timesOf(parts: readonly MergedPart[]): { started: string; seconds: number } {
  const starts = parts.map(({ started }) => Date.parse(started))
  const first = Math.min(...starts)
  const last = Math.max(...parts.map(({ seconds }, i) => (starts[i] ?? 0) + seconds * 1000))
  return { started: new Date(first).toISOString(), seconds: Math.round(last - first) / 1000 }
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}

function byText(a: unknown, b: unknown): number {
  const [first, second] = [canonical(a), canonical(b)]
  return first < second ? -1 : first > second ? 1 : 0
}

/** JSON whose keys are in order: a file's need not be. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )
}
