import type { Oops } from '../report.ts'
import { explained } from './messages.ts'
import type { Open } from './open.ts'
import { stableName } from './symbol.ts'
import { blamed, isTelling } from './telling.ts'

/** What is settled when a crash's last line was read: its title, and whether its lines are whole. */
export function finish(open: Open): Oops {
  const { oops } = open
  oops.arch ??= archOf(oops)
  oops.kind = kindOf(oops)
  if (oops.code && oops.arch !== 'arm64') oops.code.faulting = null
  oops.title = titleOf(open)
  for (const damage of damages(open)) if (!oops.damage.includes(damage)) oops.damage.push(damage)
  oops.corrupted = oops.damage.length > 0
  return oops
}

/** `null-deref in ipmmu_domain_free`, `kasan: use-after-free read in foo`, `warning: refcount bug in bar` */
export function titleOf({ oops, family }: Open): string {
  const base = nameOf(oops, family)
  const symbol = family.symbol === 'none' ? null : symbolOf(oops, family.symbol)
  return symbol === null ? base : `${base} in ${symbol}`
}

function nameOf(oops: Oops, family: Open['family']): string {
  const name = family.nameOf?.(oops.header) ?? family.name ?? family.kind
  const said = family.kind === 'bug' || family.kind === 'warning' ? explained(oops.message) : null
  if (said !== null) return `${oops.kind}: ${said.name}`
  if (family.kind !== oops.kind) return oops.kind
  return family.kind === 'kasan' && oops.access !== null ? `${name} ${oops.access}` : name
}

function symbolOf(oops: Oops, from: 'pc' | 'trace'): string | null {
  const pc = oops.pc && stableName(oops.pc.symbol)
  if (from === 'pc' && pc !== null && isTelling(pc, 'pc')) return pc
  const stack = oops.callTrace.length > 0 ? oops.callTrace : (oops.otherStacks[0]?.frames ?? [])
  return blamed(stack) ?? pc
}

/** FSC of an alignment fault (arch/arm64/include/asm/esr.h, ESR_ELx_FSC; arch/arm64/mm/fault.c, fault_info). */
const ALIGNMENT = 0x21

/** What the lines after the head say that it was: a paging request may be an unaligned one, a WARN a torn list. */
function kindOf({ kind, esr, message }: Oops): Oops['kind'] {
  if (kind === 'paging-fault' && esr?.fsc === ALIGNMENT) return 'alignment'
  return kind === 'warning' ? (explained(message)?.kind ?? kind) : kind
}

/** Registers and functions that only one architecture has: of a crash whose head doesn't say. */
function archOf({ registers, header, die, callTrace }: Oops): Oops['arch'] {
  if ('x0' in registers || 'x29' in registers) return 'arm64'
  if ('r10' in registers || 'psr' in registers || / ARM\b/.test(die ?? '')) return 'arm'
  if ('RAX' in registers || 'EAX' in registers || header.startsWith('BUG: unable to handle')) return 'x86'
  for (const { symbol } of callTrace)
    for (const [start, arch] of ENTRIES) if (symbol.startsWith(start)) return arch
  return null
}

/** arch/arm64/kernel/entry.S, head.S and sys.c; arch/arm's; arch/x86/entry */
const ENTRIES: readonly [start: string, arch: NonNullable<Oops['arch']>][] = [
  ['__arm64_sys', 'arm64'],
  ['el0t_64', 'arm64'],
  ['el0_svc', 'arm64'],
  ['el0_sync', 'arm64'],
  ['el1h_64', 'arm64'],
  ['__primary_switched', 'arm64'],
  ['__irq_svc', 'arm'],
  ['ret_fast_syscall', 'arm'],
  ['entry_SYSCALL_64', 'x86'],
  ['__x64_sys', 'x86'],
  ['ret_from_fork_asm', 'x86'],
  ['asm_exc_', 'x86'],
]

function damages({ oops, family, died }: Open): string[] {
  const found: string[] = []
  if (oops.callTrace.length === 0 && !family.bare) {
    found.push(
      oops.pc && oops.registers['sp'] !== undefined
        ? 'its call trace is missing'
        : 'it is cut off before its call trace',
    )
  }
  if (family.joins && died && /^Oops: [0-9a-f]+ \[#/.test(oops.die ?? ''))
    found.push('its first lines are missing')
  return found
}
