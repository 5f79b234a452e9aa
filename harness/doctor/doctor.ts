import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bootCell, hasOops } from '../boot/boot.ts'
import { ImageError } from '../errors.ts'
import { cacheItems } from '../images/cache-items.ts'
import { sizeOf } from '../images/cache-prune.ts'
import { isCacheInUse } from '../images/lock.ts'
import { presentFolders } from '../images/present.ts'
import { formatBytes } from '../text.ts'
import { type Built, builtRows } from './built.ts'
import { type Finding, type Host, ok, type Verdict, wrong } from './finding.ts'
import { machine } from './machine.ts'
import { mirror } from './mirror.ts'
import { programs } from './programs.ts'

/** A line of what the doctor says. */
export interface Row extends Finding {
  group: 'machine' | 'programs' | 'images' | 'cache' | 'boot'
  name: string
}

export interface DoctorOptions {
  signal: AbortSignal
  /** Boot the kernels that are asked for, too. */
  boot: boolean
  /** Told of each row as soon as it is there. */
  onRow?: (row: Row) => void
}

/** Looks at everything that dmaspec needs. Changes nothing: what it makes, to see whether it can, is gone again. */
export async function diagnose(host: Host, { signal, boot, onRow }: DoctorOptions): Promise<Row[]> {
  const rows: Row[] = []
  const add = (group: Row['group'], name: string, finding: Finding) => {
    signal.throwIfAborted()
    const row = { group, name, ...finding }
    rows.push(row)
    onRow?.(row)
  }
  for (const { name, look } of machine) add('machine', name, await look(host))
  for (const { name, look } of programs) add('programs', name, await look(host))
  const built = builtRows(host)
  for (const { name, finding } of built) add('images', name, finding)
  const isLacking = built.some(({ finding }) => finding.verdict === 'missing')
  add('images', 'Debian mirror', await mirror(host, isLacking))
  add('cache', 'room', roomFor(host, built))
  add('cache', 'size', await sizeOfCache(host, signal))
  if (boot) for (const kernel of host.kernels) add('boot', `linux ${kernel}`, await bootOnce(kernel, signal))
  return rows
}

/** What is wrong counts more than what is missing; what is optional doesn't. */
export function exitStatus(rows: readonly { verdict: Verdict }[]): 0 | 1 | 2 {
  const has = (verdict: Verdict) => rows.some(row => row.verdict === verdict)
  return has('wrong') ? 2 : has('missing') ? 1 : 0
}

/** Whether what is missing fits on the disk. */
export function roomFor(
  { root, freeBytes }: Pick<Host, 'root' | 'freeBytes'>,
  built: readonly Built[],
): Finding {
  const free = freeBytes(root)
  if (free === null) return ok(`nobody can tell what is free in ${root}`)
  const needs = built
    .filter(({ finding }) => finding.verdict === 'missing')
    .reduce((sum, { needs }) => sum + needs, 0)
  const said = `${formatBytes(free)} free in ${root}`
  if (needs === 0) return ok(said)
  if (free >= needs) return ok(`${said}; what is missing takes about ${formatBytes(needs)}`)
  return wrong(
    `${said}, and what is missing takes about ${formatBytes(needs)}`,
    'DMASPEC_CACHE=DIR names another folder; dmaspec cache prune makes room in this one',
  )
}

async function sizeOfCache({ root }: Host, signal: AbortSignal): Promise<Finding> {
  const items = await cacheItems(root, presentFolders(root), signal)
  const unused = items.filter(({ present }) => !present)
  const said = [
    `${formatBytes(sizeOf(items))} in ${root}`,
    `${formatBytes(sizeOf(unused))} of it these sources don't lead to`,
    ...((await isCacheInUse(root)) ? ['a run uses it now'] : []),
  ].join(', ')
  if (unused.length === 0) return ok(said)
  return { verdict: 'ok', said, advice: 'dmaspec cache list; dmaspec cache prune --dry-run' }
}

/** To the marker and no further, on the board as it is. Its files are kept only if it went wrong. */
async function bootOnce(kernel: string, signal: AbortSignal): Promise<Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'dmaspec-doctor-'))
  const out = join(folder, 'boot')
  let isGood = false
  try {
    const { seconds, report } = await bootCell({ kernel }, { out, signal })
    isGood = !hasOops(report)
    if (isGood) return ok(`at its marker after ${seconds.boot.toFixed(1)} s`)
    return wrong(report.oopses[0]?.title ?? '', `dmaspec explain ${out}/console.log`)
  } catch (error) {
    isGood = signal.aborted || error instanceof ImageError
    signal.throwIfAborted()
    return wrong(
      (error as Error).message.split('\n')[0] ?? '',
      isGood ? 'see Images' : `its files are in ${out}`,
    )
  } finally {
    if (isGood) rmSync(folder, { recursive: true, force: true })
  }
}
