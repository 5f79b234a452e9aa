import type { Oops } from '../report.ts'
import { explained } from './messages.ts'
import type { Open } from './open.ts'
import { stableName } from './symbol.ts'
import { blamed, isTelling } from './telling.ts'

/** What is settled when a crash's last line was read: its title, and whether its lines are whole. */
export function finish(open: Open): Oops {
  const { oops } = open
  oops.arch ??= archOf(oops)
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
  if (family.kind !== oops.kind) return oops.kind
  const name = family.nameOf?.(oops.header) ?? family.name ?? family.kind
  const word = family.kind === 'bug' || family.kind === 'warning' ? explained(oops.message) : null
  if (word !== null) return `${family.kind}: ${word}`
  return family.kind === 'kasan' && oops.access !== null ? `${name} ${oops.access}` : name
}

function symbolOf(oops: Oops, from: 'pc' | 'trace'): string | null {
  const pc = oops.pc && stableName(oops.pc.symbol)
  if (from === 'pc' && pc !== null && isTelling(pc)) return pc
  const stack = oops.callTrace.length > 0 ? oops.callTrace : (oops.otherStacks[0]?.frames ?? [])
  return blamed(stack) ?? pc
}

/** A name that says so, of a crash whose head doesn't: registers are named alike in no two architectures. */
function archOf({ registers, header, die }: Oops): Oops['arch'] {
  if ('x0' in registers || 'x29' in registers) return 'arm64'
  if ('r10' in registers || 'psr' in registers || / ARM\b/.test(die ?? '')) return 'arm'
  if ('RAX' in registers || 'EAX' in registers || header.startsWith('BUG: unable to handle')) return 'x86'
  return null
}

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
