import type { CellResult, RunResult, TestResult, Verdict } from '../result.ts'

/** What a place in the grid says. `missing` was planned and never came; `elsewhere` is another shard's. */
export type GridVerdict = Verdict | 'missing' | 'elsewhere' | 'none'

export interface Grid {
  kernels: Column[]
  specs: SpecRows[]
  /** Ids that were planned for this part of the matrix and have no result. */
  missing: string[]
  /** Ids with more than one result: the worst is shown. */
  doubled: string[]
}

export interface Column {
  name: string
  /** `6.1.192-2`; more than one if cells don't agree. */
  versions: string[]
  hashes: string[]
}

/** A spec's own row, and one a test. */
export interface SpecRows {
  spec: string
  cells: Place[]
  tests: { path: string[]; cells: Place[] }[]
}

/** Where a row and a column meet. `cell` and `test` are indices into `results` and its tests. */
export interface Place {
  verdict: GridVerdict
  seconds: number | null
  cell: number | null
  test: number | null
}

/** From bad to good: of two results of a cell the worse is shown, and its files come first into the page. */
export const WORST_FIRST: readonly Verdict[] = ['error', 'failed', 'flaky', 'skipped', 'passed']

/** Kernels across, specs and their tests down, in the matrix's order. */
export function gridOf(result: RunResult): Grid {
  const best = new Map<string, number>()
  const doubled = new Set<string>()
  for (const [i, cell] of result.cells.entries()) {
    const other = best.get(cell.id)
    if (other !== undefined) doubled.add(cell.id)
    if (other === undefined || rank(cell) < rank(result.cells[other])) best.set(cell.id, i)
  }
  const ids = unique([...result.matrix, ...result.cells.map(({ id }) => id)])
  const names = unique(ids.map(kernelOf))
  const specs = unique(ids.map(specOf))
  const planned = new Set(result.matrix)
  const index = (kernel: string, spec: string) => best.get(`${kernel}/${spec}`)
  const absent = result.shard ? 'elsewhere' : 'missing'

  const place = (kernel: string, spec: string, path: readonly string[] | null): Place => {
    const cell = index(kernel, spec)
    const nothing = { seconds: null, cell: null, test: null }
    if (cell === undefined) {
      return { ...nothing, verdict: planned.has(`${kernel}/${spec}`) ? absent : 'none' }
    }
    const found = result.cells[cell]
    if (!found) return { ...nothing, verdict: 'none' }
    if (path === null) return { verdict: found.verdict, seconds: found.seconds, cell, test: null }
    const test = found.tests.findIndex(one => samePath(one.path, path))
    const it = found.tests[test]
    return it ? { verdict: it.verdict, seconds: it.seconds, cell, test } : { ...nothing, verdict: 'none' }
  }

  return {
    kernels: names.map(name => column(name, result.cells)),
    specs: specs.map(spec => ({
      spec,
      cells: names.map(kernel => place(kernel, spec, null)),
      tests: pathsOf(names.map(kernel => result.cells[index(kernel, spec) ?? -1])).map(path => ({
        path,
        cells: names.map(kernel => place(kernel, spec, path)),
      })),
    })),
    missing: result.shard ? [] : result.matrix.filter(id => !best.has(id)),
    doubled: [...doubled],
  }
}

function rank(cell: CellResult | undefined): number {
  return cell ? WORST_FIRST.indexOf(cell.verdict) : Infinity
}

function column(name: string, cells: readonly CellResult[]): Column {
  const booted = cells
    .map(cell => cell.kernel)
    .filter(kernel => kernel.name === name && kernel.version !== '')
  return {
    name,
    versions: unique(booted.map(({ version }) => version)),
    hashes: unique(booted.map(({ sha256 }) => sha256)),
  }
}

/** A spec's name has no slash; a given kernel's may. */
function kernelOf(id: string): string {
  return id.slice(0, id.lastIndexOf('/'))
}

function specOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1)
}

/** The tests of a spec over all kernels; one that only later kernels have stands where it stands there. */
function pathsOf(cells: readonly (CellResult | undefined)[]): string[][] {
  const paths: string[][] = []
  for (const cell of cells) {
    let after = -1
    for (const { path } of cell?.tests ?? []) {
      const known = paths.findIndex(one => samePath(one, path))
      if (known === -1) paths.splice(after + 1, 0, path)
      after = known === -1 ? after + 1 : known
    }
  }
  return paths
}

function samePath(a: TestResult['path'], b: readonly string[]): boolean {
  return a.length === b.length && a.every((title, i) => title === b[i])
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)]
}
