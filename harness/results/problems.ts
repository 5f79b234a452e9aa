import type { CellResult, Merged, MergedPart } from './result.ts'
import { count } from '../text.ts'

type Facts = Pick<Merged, 'parts' | 'doubled'> & { matrix: readonly string[]; cells: readonly CellResult[] }

/**
 * What is missing, doubled or does not fit together in a merge, a line each, in a fixed order. Empty: every cell of
 * every matrix is here, once, and of the same kernels.
 */
export function problemsOfParts(facts: Facts): string[] {
  return [shards, matrices, versions, kernels, missing, doubled].flatMap(problems => problems(facts))
}

/** Shards of one count and one matrix belong together. */
function shards({ parts }: Facts): string[] {
  const groups = new Map<string, MergedPart[]>()
  for (const part of parts) {
    if (!part.shard) continue
    const key = `${part.shard.count} ${part.matrix.sha256}`
    groups.set(key, [...(groups.get(key) ?? []), part])
  }
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]) => {
      const { shard, matrix } = group[0] as MergedPart
      const all = shard?.count ?? 0
      const of = `of ${all} (of a matrix of ${count(matrix.cells, 'cell')})`
      return Array.from({ length: all }, (_, i) => i + 1).flatMap(index => {
        const n = group.filter(part => part.shard?.index === index).length
        if (n === 1) return []
        return [`${n === 0 ? 'missing' : `${n} times`}: shard ${index} ${of}`]
      })
    })
}

/** One job a series has a matrix of its own, and that is well; but two matrices with a cell in common are not. */
function matrices({ parts, matrix }: Facts): string[] {
  const distinct = new Map(parts.map(part => [part.matrix.sha256, part.matrix.cells]))
  const sum = [...distinct.values()].reduce((a, b) => a + b, 0)
  if (sum <= matrix.length) return []
  const sizes = [...distinct.values()].sort((a, b) => a - b).join(', ')
  return [`${distinct.size} different matrices that overlap, of ${sizes} cells: give one run's parts only`]
}

function versions({ parts }: Facts): string[] {
  const found = [
    ...different(
      'dmaspec',
      parts.map(part => part.dmaspec),
    ),
    ...different(
      'QEMU',
      parts.map(part => part.machine.qemu),
    ),
  ]
  return found.map(versions => `not the same everywhere: ${versions}`)
}

/** `6.1` means another kernel next month. */
function kernels({ cells }: Facts): string[] {
  const byName = new Map<string, string[]>()
  for (const { name, version } of cells.map(cell => cell.kernel))
    if (version !== '') byName.set(name, [...(byName.get(name) ?? []), version])
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, versions]) => different(`linux ${name}`, versions))
    .map(versions => `not the same everywhere: ${versions}`)
}

function missing({ matrix, cells }: Facts): string[] {
  const ran = new Set(cells.map(({ id }) => id))
  return matrix.filter(id => !ran.has(id)).map(id => `missing: ${id}`)
}

function doubled({ doubled }: Facts): string[] {
  return doubled.map(({ id, verdicts }) => {
    const kept = new Set(verdicts).size > 1 ? `, and the worst was kept: ${verdicts.join(', ')}` : ''
    return `${verdicts.length} times: ${id}${kept}`
  })
}

function different(what: string, versions: readonly string[]): string[] {
  const distinct = [...new Set(versions)].sort()
  return distinct.length > 1 ? [`${what}: ${distinct.join(', ')}`] : []
}
