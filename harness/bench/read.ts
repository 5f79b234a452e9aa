import { randomBytes } from 'node:crypto'
import { mkdir, open, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { prepareBoot } from '../boot/prepare.ts'
import { run } from '../boot/run.ts'
import { InfraError } from '../errors.ts'
import type { CellInput } from '../types.ts'
import type { Figure } from './harness.ts'
import { median } from './median.ts'
import { KINDS, passesOf, type Kind, type Passes } from './passes.ts'
import { readArgv } from './read-argv.ts'

const OUT = 'out/bench/read'
const ROUNDS = 5
/** Of each kind in a boot, after one that is not measured. */
const PASSES = 3
const MiB = 2 ** 20
/** A guest has twice that much RAM: the page cache holds it, and nothing is reclaimed. */
const DISK_MIB = 512

/**
 * 1 GiB is all below 4 GiB: without an IOMMU, nothing is bounced either, which would be slower than translation. One
 * CPU: on few host cores, a guest's CPUs wait for locks whose holder is not running.
 */
const SMALL: CellInput = {
  memory: '1G',
  cpus: 1,
  bootargs: `dmaspec.provoke=read:${PASSES}`,
  timeout: 600,
}

/** A guest says nothing during a pass, in seconds: 1 to 2 on a machine that does nothing else. */
const SILENCE = 120

interface Side {
  cell: CellInput
  /** With the device trace. */
  traced: boolean
}

const SIDES = {
  ipmmu: { cell: { ...SMALL, overlays: ['sata-behind-ipmmu'] }, traced: false },
  bare: { cell: { ...SMALL, overlays: ['sata-without-iommus'] }, traced: false },
  traced: { cell: { ...SMALL, overlays: ['sata-behind-ipmmu'] }, traced: true },
  smmuv3: { cell: { ...SMALL, platform: 'virt-smmuv3' }, traced: false },
  ahci: { cell: { ...SMALL, platform: 'virt' }, traced: false },
} satisfies Record<string, Side>

type SideName = keyof typeof SIDES
const NAMES = Object.keys(SIDES) as SideName[]

/** Seconds a pass: of each boot the median, by side and kind. */
type Seconds = Record<SideName, Record<Kind, number[]>>

/** A figure is the time of one side's reads over another's. */
const RATIOS: readonly { figure: string; kind: Kind; over: SideName; under: SideName }[] = [
  { figure: 'ipmmu-read-ratio', kind: 'direct', over: 'bare', under: 'ipmmu' },
  { figure: 'smmuv3-read-ratio', kind: 'direct', over: 'ahci', under: 'smmuv3' },
  { figure: 'trace-on-ratio', kind: 'direct', over: 'traced', under: 'ipmmu' },
  { figure: 'ipmmu-cached-read-ratio', kind: 'cached', over: 'bare', under: 'ipmmu' },
  { figure: 'smmuv3-cached-read-ratio', kind: 'cached', over: 'ahci', under: 'smmuv3' },
  { figure: 'trace-on-cached-ratio', kind: 'cached', over: 'traced', under: 'ipmmu' },
]

export const readFigures: readonly string[] = [
  ...RATIOS.map(({ figure }) => figure),
  ...NAMES.map(name => `${name}-read-mb-per-s`),
]

/**
 * How fast a guest reads its disk from one end to the other: SATA behind the IPMMU against the same without one, and
 * with the device trace against without; QEMU's AHCI behind its SMMUv3 against AHCI without one.
 *
 * A ratio of speeds is IOMMU over none, so 1 would be an IOMMU that costs nothing; that of the trace is of times. Boots
 * take turns, there and back again; a figure is the median of the rounds' own ratios, whose range goes to stderr.
 */
export async function diskReads(): Promise<Figure[]> {
  const seconds = Object.fromEntries(
    NAMES.map(name => [name, { direct: [], cached: [] }]),
  ) as unknown as Seconds
  const image = await diskImage()
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const name of round % 2 === 0 ? NAMES : [...NAMES].reverse()) {
        const passes = await measure(SIDES[name], image)
        for (const kind of KINDS) seconds[name][kind].push(median(passes[kind]))
      }
    }
  } finally {
    await rm(image, { force: true })
  }
  return figuresOf(seconds)
}

function figuresOf(seconds: Seconds): Figure[] {
  const ratios = RATIOS.map(({ figure, kind, over, under }): Figure => {
    const below = seconds[under][kind]
    const rounds = seconds[over][kind].map((time, round) => time / (below[round] ?? NaN))
    const range = `${Math.min(...rounds).toFixed(3)} to ${Math.max(...rounds).toFixed(3)}`
    process.stderr.write(`${figure}: ${range} in ${rounds.length} rounds\n`)
    return [figure, median(rounds)]
  })
  const speed = (name: SideName) => (DISK_MIB * MiB) / 1e6 / median(seconds[name].direct)
  return [...ratios, ...NAMES.map((name): Figure => [`${name}-read-mb-per-s`, speed(name)])]
}

/** If it goes wrong, the console stays where the error says. */
async function measure({ cell, traced }: Side, image: string): Promise<Passes> {
  const boot = await prepareBoot(cell, { out: join(OUT, 'boot'), whenInUse: 'next' })
  try {
    await putKnownData(boot.disk.known, image)
    const argv = readArgv(boot.argv, { from: boot.disk.file, to: image }, traced)
    const { log, failure } = await run({ ...boot, argv }, { silence: SILENCE })
    if (failure !== null || !log.complete) throw new Error(failure ?? log.reason)
    const passes = passesOf(log.lines, boot.nonce)
    await boot.folder.discard()
    return passes
  } catch (error) {
    await boot.folder.tidy()
    const why = (error as Error).message
    throw new InfraError(`a boot that reads its disk: ${why}; see ${boot.folder.path}`, { cause: error })
  }
}

/** What this boot's init looks for first. */
async function putKnownData(known: Buffer, image: string): Promise<void> {
  await using file = await open(image, 'r+')
  await file.write(known)
  await file.sync()
}

/** Not sparse, as a hole may be read faster; written out, so that the host has nothing to write meanwhile. */
async function diskImage(): Promise<string> {
  await mkdir(OUT, { recursive: true })
  const path = resolve(OUT, `disk-${process.pid}.img`)
  try {
    await using file = await open(path, 'w')
    const block = randomBytes(MiB)
    for (let i = 0; i < DISK_MIB; i++) await file.write(block)
    await file.sync()
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
  return path
}
