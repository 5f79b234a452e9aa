import { hex } from '../report/json.ts'
import { groupBy, type Absent, type Difference, type Side } from './fact.ts'

/** An oops as a boot's report has it; of a boot of which only the results are left, its title alone. */
export interface OopsFact {
  title: string
  address?: bigint | null
  callTrace?: readonly { symbol: string }[]
}

/** How many of those that led to a crash are shown, and compared. */
const CALLERS = 2

/**
 * Oopses that appeared or went. One that went and one of the same kind that appeared are one that moved. The same oops on
 * another way is a matter of wording.
 */
export function oopsDifferences(
  before: readonly OopsFact[],
  after: readonly OopsFact[],
  absent: Absent,
): Difference[] {
  const [old, now] = [byTitle(before), byTitle(after)]
  const gone = [...old.keys()].filter(title => !now.has(title))
  const here = [...now.keys()].filter(title => !old.has(title))
  const differences: Difference[] = []
  const [goneOf, hereOf] = [groupBy(gone.sort(), kindOf), groupBy(here.sort(), kindOf)]
  for (const kind of new Set([...goneOf.keys(), ...hereOf.keys()])) {
    const [was, is] = [goneOf.get(kind) ?? [], hereOf.get(kind) ?? []]
    for (let i = 0; i < Math.max(was.length, is.length); i++) {
      differences.push({
        subject: 'oops',
        about: kind,
        severity: 'behaviour',
        before: sideOf(old.get(was[i] ?? ''), absent.before.text),
        after: sideOf(now.get(is[i] ?? ''), absent.after.text),
      })
    }
  }
  for (const [title, was] of old) {
    const is = now.get(title)
    const [from, to] = [callers(was), is && callers(is)]
    if (is === undefined || from === to || from === '' || to === '') continue
    const [before, after] = [sideOf(was, ''), sideOf(is, '')]
    differences.push({ subject: 'oops', about: title, severity: 'wording', before, after })
  }
  return differences
}

/** `null-deref in ipmmu_domain_free` → null-deref */
function kindOf(title: string): string {
  return title.split(' in ', 1)[0] ?? title
}

/** The first of each title: those after it mostly come of it. */
function byTitle(oopses: readonly OopsFact[]): Map<string, OopsFact> {
  return new Map([...oopses].reverse().map(oops => [oops.title, oops]))
}

function callers({ title, callTrace = [] }: OopsFact): string {
  const symbols = callTrace.map(({ symbol }) => symbol)
  const own = symbols[0] !== undefined && title.endsWith(` in ${symbols[0]}`) ? 1 : 0
  return symbols.slice(own, own + CALLERS).join(' ← ')
}

function sideOf(oops: OopsFact | undefined, absent: string): Side {
  if (oops === undefined) return { kind: '', text: absent }
  const from = callers(oops)
  const { title, address } = oops
  // An address of the first page is an offset into a structure; any other is chance.
  const at = address !== undefined && address !== null && address < 4096n ? `, at NULL + ${hex(address)}` : ''
  return {
    kind: from === '' ? title : `${title} ← ${from}`,
    text: `${title}${at}${from === '' ? '' : `, from ${from}`}`,
  }
}
