/** What is built from these sources, and what would have to be: the rows of that come from the tables of images/. */
import { DEFAULTS } from '../cell/cell.ts'
import { currentFolder, listFolders, readEntry } from '../images/cache.ts'
import { packageEntry } from '../images/apt.ts'
import { faultSets } from '../images/index.ts'
import { initramfsSources } from '../images/initramfs.ts'
import type { Inputs } from '../images/inputs.ts'
import { splitName } from '../images/kernel-name.ts'
import { kernelName, kernelSources } from '../images/kernel.ts'
import { qemuBuilds, qemuSources } from '../images/qemu.ts'
import { kernelRow, kernels, meson, type PackageRow, qemuSource, userland } from '../images/series.ts'
import { formatBytes } from '../text.ts'
import { median } from '../bench/median.ts'
import { type Finding, type Host, ok } from './finding.ts'

/** An image, or several that are built in one tree; what it takes, where nothing in the cache says so. */
interface Product {
  name: string
  /** The command that builds it. */
  command: string
  parts: { name: string; sources: Inputs; seconds: number }[]
  packages: readonly PackageRow[]
  /** Bytes of its source and work tree. */
  bytes: number
}

const GB = 1e9
/** Of one core, as measured on two: a step of make compiles a file, in a quarter of a second each. */
const STEP_CORE_SECONDS = 0.28
/** A kernel that differs from the one before in a patch: what that touches, and linking. */
const AGAIN_CORE_SECONDS = 14
const QEMU_CORE_SECONDS = 200

/** Built, or not, and about how long that would take. */
export interface Built {
  name: string
  finding: Finding
  /** Bytes that building it would need. */
  needs: number
}

/** What a boot of the kernels that are asked for needs, and then what somebody may ask for one day. */
export function builtRows(host: Host): Built[] {
  const asked = new Set(host.kernels)
  const others = kernels.map(({ series }) => series).filter(series => !asked.has(series))
  const wanted = [emulator(host), initramfs(), ...host.kernels.flatMap(name => kernel(name, host))]
  const optional = [...others.flatMap(name => kernel(name, host)), sanitized(host)]
  const former = formerSeconds(host.root)
  return [
    ...wanted.map(product => row(host.root, product, 'missing', former)),
    ...optional.map(product => row(host.root, product, 'optional', former)),
  ]
}

function row(
  root: string,
  product: Product,
  verdict: 'missing' | 'optional',
  former: ReadonlyMap<string, number>,
): Built {
  const { name, parts, packages, command } = product
  const there = parts.flatMap(part => {
    const folder = currentFolder(root, part.name, part.sources)
    const entry = folder === undefined ? undefined : readEntry(root, folder)
    return entry ? [{ part, manifest: entry.manifest }] : []
  })
  const left = parts.filter(part => !there.some(found => found.part === part))
  const size = there
    .flatMap(({ manifest }) => Object.values(manifest.outputs))
    .reduce((sum, output) => sum + output.size, 0)
  const version = there[0] ? ` ${there[0].manifest.version}` : ''
  const of = parts.length > 1 ? `${there.length} of ${parts.length}, ` : ''
  const built = `built:${version}, ${of}${formatBytes(size)}`
  if (left.length === 0) return { name, finding: ok(built), needs: 0 }
  const seconds = left.reduce((sum, part) => sum + (former.get(part.name) ?? part.seconds), 0)
  const fetched = packages.every(each => {
    const { name, asked } = packageEntry(each)
    return currentFolder(root, name, asked) !== undefined
  })
  const first = fetched ? '' : ', and what it takes to fetch its source'
  const said = there.length > 0 ? built : 'not built from these sources'
  const advice = `${command}: about ${Math.ceil(seconds / 60)} min${first}`
  return { name, finding: { verdict, said, advice }, needs: product.bytes }
}

/** Seconds that things of each name took here, the median: sources change, machines less often. */
function formerSeconds(root: string): Map<string, number> {
  const took = new Map<string, number[]>()
  for (const { entry } of listFolders(root)) {
    if (!entry) continue
    const { name, seconds } = entry.manifest
    took.set(name, [...(took.get(name) ?? []), seconds])
  }
  return new Map([...took].map(([name, all]) => [name, median(all)]))
}

const emulator = ({ cores }: Host): Product => ({
  name: 'emulator',
  command: 'make images',
  parts: [{ name: qemuBuilds.plain.name, sources: qemuSources(), seconds: QEMU_CORE_SECONDS / cores }],
  packages: [qemuSource, meson],
  bytes: 0.7 * GB,
})

const sanitized = ({ cores }: Host): Product => ({
  name: 'sanitized emulator',
  command: 'make images SANITIZE=1',
  parts: [
    {
      name: qemuBuilds.sanitized.name,
      sources: qemuSources('sanitized'),
      seconds: (2 * QEMU_CORE_SECONDS) / cores,
    },
  ],
  packages: [qemuSource, meson],
  bytes: 0.9 * GB,
})

const initramfs = (): Product => ({
  name: 'initramfs',
  command: 'make images',
  parts: [{ name: 'initramfs', sources: initramfsSources(), seconds: 5 }],
  packages: [userland],
  bytes: 0.05 * GB,
})

/** A kernel and those with faults that specs boot; nothing if it is none of a series. */
function kernel(name: string, { cores }: Host): Product[] {
  const { series, flavour } = splitName(name)
  const row = kernelRow(series)
  if (!row) return []
  const parts = faultSets(series).map((faults, i) => ({
    name: kernelName(name, faults),
    sources: kernelSources(row, flavour, faults),
    seconds: (i === 0 ? row.steps * STEP_CORE_SECONDS : AGAIN_CORE_SECONDS) / cores,
  }))
  const command = name === DEFAULTS.kernel ? 'make images' : `make images KERNELS=${name}`
  return [{ name: `linux ${name}`, command, parts, packages: [row], bytes: 2.5 * GB }]
}
