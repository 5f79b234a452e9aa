import { createHash } from 'node:crypto'
import { reportCells, type Case, type ReportCell } from './cases.ts'
import type { Excerpts } from './excerpt.ts'
import { splitName } from '../images/kernel-name.ts'
import { isBad, OUTCOMES } from './outcome.ts'
import type { BootRecord, RunResult } from './result.ts'
import { cut, oneLine, printable } from '../text.ts'

/** Who submits: before the colon of every id. [a-z0-9_]+ */
const ORIGIN = 'dmaspec'
/** Of a log_excerpt, in characters. */
const EXCERPT = 16_384

export interface Kcidb {
  version: { major: 5; minor: 3 }
  checkouts: KcidbCheckout[]
  builds: KcidbBuild[]
  tests: KcidbTest[]
}

interface KcidbCheckout {
  id: string
  origin: string
  comment: string
  valid?: boolean
}

interface KcidbBuild {
  id: string
  checkout_id: string
  origin: string
  comment: string
  architecture: 'arm64'
  config_name?: string
  status?: 'PASS'
  misc?: object
}

interface KcidbTest {
  id: string
  build_id: string
  origin: string
  path: string
  comment: string
  status: string
  start_time: string
  duration?: number
  log_excerpt?: string
  output_files?: { name: string; url: string }[]
  environment: { comment: string; misc: object }
  misc: object
}

/**
 * Rows for kernelci.org's common database, I/O schema 5.3 (kcidb-io, schema/v05_03.py): a checkout a kernel version, a
 * build an Image, a test a test. An id is the same in a shard's file and in the merged one, so that both may be sent.
 * @param url where the folder of results.json is on the web: only then are there `output_files`
 */
export function kcidb(result: RunResult, excerpts: Excerpts, url?: string): Kcidb {
  const cells = reportCells(result)
  const builds = new Map(cells.map(cell => [buildId(cell), buildOf(cell)]))
  const checkouts = new Map(cells.map(cell => [checkoutId(cell), checkoutOf(cell)]))
  return {
    version: { major: 5, minor: 3 },
    checkouts: [...checkouts.values()],
    builds: [...builds.values()],
    tests: cells.flatMap(cell => testsOf(cell, result, excerpts, url)),
  }
}

function checkoutId({ kernel, result }: ReportCell): string {
  return id(kernelOf(kernel), result?.kernel.version ?? '')
}

function checkoutOf(cell: ReportCell): KcidbCheckout {
  const version = cell.result?.kernel.version ?? ''
  const comment = oneLine(`linux ${kernelOf(cell.kernel)} ${version}`)
  return { id: checkoutId(cell), origin: ORIGIN, comment, ...(version ? { valid: true } : {}) }
}

function buildId({ kernel, result }: ReportCell): string {
  return id(kernel, result?.kernel.version ?? '', result?.kernel.sha256 ?? '')
}

function buildOf(cell: ReportCell): KcidbBuild {
  const { version = '', sha256 = '' } = cell.result?.kernel ?? {}
  const { flavour } = splitName(cell.kernel)
  return {
    id: buildId(cell),
    checkout_id: checkoutId(cell),
    origin: ORIGIN,
    comment: oneLine(`linux ${cell.kernel} ${version}`),
    architecture: 'arm64',
    ...(flavour ? { config_name: oneLine(flavour) } : {}),
    // That nothing was booted does not say why: then the status is not known here.
    ...(version ? { status: 'PASS' as const, misc: { image_sha256: oneLine(sha256) } } : {}),
  }
}

/** `6.1+debug` is a build of 6.1. */
function kernelOf(name: string): string {
  return splitName(name).series
}

function testsOf(cell: ReportCell, run: RunResult, excerpts: Excerpts, url: string | undefined): KcidbTest[] {
  const started = cell.result?.started ?? run.started
  const { cpu, cores, memory, qemu } = run.machine
  const environment = {
    comment: oneLine(`Renesas R-Car H3 Salvator-XS, emulated by QEMU ${qemu} with dmaspec ${run.dmaspec}`),
    misc: { qemu: oneLine(qemu), host_cpu: oneLine(cpu), host_cores: cores, host_memory: memory },
  }
  const seen = new Map<string, number>()
  return cell.cases.map(one => {
    const path = [ORIGIN, cell.spec, ...one.path].map(node).join('.')
    const nth = (seen.get(path) ?? 0) + 1
    seen.set(path, nth)
    const log = isBad(one.outcome) ? logOf(one, excerpts) : ''
    const files = url === undefined ? [] : one.boots.flatMap(boot => filesOf(boot, url))
    return {
      id: id(started, cell.id, buildId(cell), path, String(nth)),
      build_id: buildId(cell),
      origin: ORIGIN,
      path,
      comment: oneLine([...one.path, one.message].filter(Boolean).join(': ') || cell.id),
      status: statusOf(one, cell),
      start_time: new Date(started).toISOString(),
      ...(one.outcome === 'missing' ? {} : { duration: one.seconds }),
      ...(log ? { log_excerpt: log } : {}),
      ...(files.length > 0 ? { output_files: files } : {}),
      environment,
      misc: miscOf(one, cell, run),
    }
  })
}

/** MISS is what never ran for a reason of ours: no kernel, no QEMU, no job. ERROR began, and broke. */
function statusOf({ outcome, boots }: Case, { result }: ReportCell): string {
  const booted = boots.length > 0 || result?.tests.some(test => test.boots.length > 0)
  return outcome === 'error' && !booted ? OUTCOMES.missing.kcidb : OUTCOMES[outcome].kcidb
}

function miscOf({ outcome, crashed, timedOut, boots }: Case, { id, result }: ReportCell, run: RunResult) {
  const doubled = run.merged?.doubled.find(one => one.id === id)
  return {
    cell: oneLine(id),
    verdict: outcome,
    ...(crashed ? { oopses: boots.flatMap(boot => boot.oopses).map(title => oneLine(title)) } : {}),
    ...(timedOut ? { timeout: true } : {}),
    ...(result && result.attempts > 1 ? { attempts: result.attempts } : {}),
    ...(doubled ? { doubled: doubled.verdicts } : {}),
  }
}

function logOf({ details, boots, message }: Case, excerpts: Excerpts): string {
  const consoles = boots.map(boot => `${oneLine(boot.folder)}/console.log:\n${printable(excerpts(boot))}\n`)
  return cut([details || `${message}\n`, ...consoles].join('\n'), EXCERPT)
}

function filesOf({ folder }: BootRecord, url: string): { name: string; url: string }[] {
  const base = url.endsWith('/') ? url : `${url}/`
  const below = folder.split('/').map(encodeURIComponent).join('/')
  return ['console.log', 'argv', 'board.dtb', 'trace.jsonl', 'report.json'].map(name => ({
    name,
    url: new URL(`${below}/${name}`, base).href,
  }))
}

function id(...parts: string[]): string {
  return `${ORIGIN}:${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`
}

/** A node of a path: `a 32-bit bus` → a_32-bit_bus. */
function node(title: string): string {
  return (
    title
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '_')
      .slice(0, 100)
      .replace(/^_|_$/g, '') || 'unnamed'
  )
}
