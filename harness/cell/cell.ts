import { CellError } from '../errors.ts'
import type { Cell, CellInput, KernelName } from '../types.ts'
import { parseMemory } from './memory.ts'
import { unknown } from './suggest.ts'

/** What a cell gets if it doesn't say otherwise. */
export const DEFAULTS = {
  kernel: '6.1',
  memory: '4G',
  /** Two find the same races between CPUs as four, and TCG runs each on a host core of its own. */
  cpus: 2,
  timeout: 60,
} as const

/** The kernels that $KERNELS names (`6.1 7.2`), each once, or the default one. */
export function kernelsAsked(environment: NodeJS.ProcessEnv = process.env): KernelName[] {
  const asked = (environment['KERNELS'] ?? '').split(/[\s,]+/).filter(Boolean)
  return [...new Set(asked.length > 0 ? asked : [DEFAULTS.kernel])]
}

/** Cortex-A57 cores of the board. */
const MOST_CPUS = 4
/** An hour: longer is a mistake in the unit. */
const MOST_SECONDS = 3600
/** arm64's COMMAND_LINE_SIZE is 2048 (uapi/asm/setup.h); bootargs.ts needs some of it. */
const MOST_BOOTARGS = 1500

/** The names that a cell may use: what images/ can build, what was given, and what dts/ holds. */
export interface Known {
  /** Series, and kernels that were given. */
  kernels: readonly string[]
  /** What a series may have behind a `+`, and by how much its boots may take longer then. */
  flavours: readonly { name: string; slower: number }[]
  /** By how much a given kernel's boots may take longer; 1 if not given. */
  slower?: (kernel: string) => number
  faults: (kernel: string) => readonly string[]
  overlays: readonly string[]
}

/** Checks a cell and fills in its defaults. Throws CellError; starts nothing. */
export function resolveCell(input: CellInput, known: Known): Cell {
  const { kernel, slower } = resolveKernel(input.kernel ?? DEFAULTS.kernel, known)
  const there = known.faults(kernel)
  const faults = (input.faults ?? []).map(fault => oneOf(`fault of linux ${kernel}`, fault, there))
  const bootargs = checkBootargs(input.bootargs ?? '')
  return {
    kernel,
    faults: [...new Set(faults)].sort(),
    overlays: (input.overlays ?? []).map(overlay => oneOf('overlay', overlay, known.overlays)),
    memory: parseMemory(input.memory ?? DEFAULTS.memory),
    cpus: within('cpus', input.cpus ?? DEFAULTS.cpus, 1, MOST_CPUS, Number.isInteger),
    bootargs,
    ...(input.probe === undefined ? {} : { probe: checkProbe(input.probe, MOST_BOOTARGS - bootargs.length) }),
    timeout: within(
      'timeout',
      input.timeout ?? DEFAULTS.timeout * slower,
      0.1,
      MOST_SECONDS,
      Number.isFinite,
    ),
  }
}

/** A kernel's name, checked, and by how much its boots may take longer: a factor for every deadline. */
export function resolveKernel(kernel: string, known: Omit<Known, 'faults' | 'overlays'>) {
  if (known.kernels.includes(kernel)) return { kernel, slower: known.slower?.(kernel) ?? 1 }
  const [, series = kernel, name] = /^([^+]*)\+(.*)$/.exec(kernel) ?? []
  oneOf('kernel', series, known.kernels)
  const flavour = known.flavours.find(flavour => flavour.name === name)
  if (!flavour)
    throw new CellError(
      unknown(
        'flavour',
        name ?? '',
        known.flavours.map(({ name }) => name),
      ),
    )
  return { kernel, slower: flavour.slower }
}

function oneOf(what: string, wanted: string, names: readonly string[]): string {
  if (!names.includes(wanted)) throw new CellError(unknown(what, wanted, names))
  return wanted
}

function within(
  what: string,
  value: number,
  least: number,
  most: number,
  is: (n: number) => boolean,
): number {
  if (!is(value) || value < least || value > most) {
    const kind = is === Number.isInteger ? 'a whole number' : 'a number'
    throw new CellError(`${what} must be ${kind} from ${least} to ${most}, not ${value}`)
  }
  return value
}

function checkBootargs(bootargs: string): string {
  // Every byte below space would end the line or the string somewhere on its way to the kernel.
  if ([...bootargs].some(char => char < ' ' || char > '~')) {
    throw new CellError('bootargs must be printable ASCII on one line')
  }
  if (bootargs.length > MOST_BOOTARGS) {
    throw new CellError(`bootargs are too long: ${bootargs.length} characters of at most ${MOST_BOOTARGS}`)
  }
  const [, ours] = /(?:^| )"?(dmaspec\.(?:nonce|disk|probe))\b/.exec(bootargs) ?? []
  if (ours !== undefined) throw new CellError(`${ours} belongs to the harness`)
  return bootargs.trim()
}

/** A plan's steps are the driver's to judge (images/kernel/dmaprobe); its letters must survive the command line. */
function checkProbe(plan: string, room: number): string {
  const words = plan.trim().replace(/\s+/g, ' ')
  const odd = /[^A-Za-z0-9=;_. -]/.exec(words)?.[0]
  if (odd !== undefined)
    throw new CellError(`a probe's plan has letters, digits and = ; _ . - only, not ${JSON.stringify(odd)}`)
  if (!/=/.test(words))
    throw new CellError(`probe '${words}' is no plan: write it like 'api=single dir=to size=0x1000'`)
  if (words.length > room)
    throw new CellError(`the probe's plan is too long: ${words.length} characters of at most ${room}`)
  return words
}
