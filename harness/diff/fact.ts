/**
 * What a boot or a test did, as facts that can be held against those of another one.
 *
 * A fact's `kind` is what is compared: it is the same for two boots that did the same. Its `text` is what is shown: it may
 * have the counts and addresses of that one boot, which differ from boot to boot of one kernel.
 */

/** In the order in which a reviewer wants to see them. */
export const SUBJECTS = [
  'verdict',
  'assertion',
  'end of boot',
  'oops',
  'page tables',
  'transfers',
  'iommu group',
  'iommu context',
  'iommu error',
  'iommu fault',
  'page-table walk',
  'dma',
  'swiotlb',
  'disk',
] as const

export type Subject = (typeof SUBJECTS)[number]

/**
 * - `behaviour` what the kernel did
 * - `wording` how it told of it, or the way to the same end
 * - `unreached` what a boot did not do because it ended before that: how it ended is the behaviour
 */
export const SEVERITIES = ['behaviour', 'wording', 'unreached'] as const

export type Severity = (typeof SEVERITIES)[number]

/** One side of a difference. `kind` is '' where there is no such fact. */
export interface Side {
  kind: string
  text: string
}

export interface Fact extends Side {
  subject: Subject
  /** The device, the assertion, the disk: what on both sides is held together. '' if there is only one. */
  about: string
}

export interface Difference {
  subject: Subject
  about: string
  severity: Severity
  before: Side
  after: Side
}

/** What to say of a fact that one side does not have, and what that means. */
export interface Absent {
  before: Absence
  after: Absence
}

export interface Absence {
  text: string
  severity: Severity
}

export const NONE: Absence = { text: 'none', severity: 'behaviour' }

/** The facts of one side only, or of another kind. The mirror image of the arguments gives that of the result. */
export function compareFacts(before: readonly Fact[], after: readonly Fact[], absent: Absent): Difference[] {
  const [old, now] = [byKey(before), byKey(after)]
  const differences: Difference[] = []
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(key), now.get(key)]
    const named = was ?? is
    if (named === undefined || was?.kind === is?.kind) continue
    differences.push({
      subject: named.subject,
      about: named.about,
      severity: was ? (is ? 'behaviour' : absent.after.severity) : absent.before.severity,
      before: sideOf(was, absent.before),
      after: sideOf(is, absent.after),
    })
  }
  return inOrder(differences)
}

/** By subject, then by what it is about: the same whichever side was read first. */
export function inOrder<T extends Pick<Difference, 'subject' | 'about' | 'severity'>>(
  list: readonly T[],
): T[] {
  const rank = (item: T) =>
    SEVERITIES.indexOf(item.severity) * SUBJECTS.length + SUBJECTS.indexOf(item.subject)
  return [...list].sort((a, b) => rank(a) - rank(b) || (a.about < b.about ? -1 : a.about > b.about ? 1 : 0))
}

function sideOf(fact: Side | undefined, absent: Absence): Side {
  return fact ? { kind: fact.kind, text: fact.text } : { kind: '', text: absent.text }
}

function byKey(facts: readonly Fact[]): Map<string, Fact> {
  return new Map(facts.map(fact => [`${fact.subject}\0${fact.about}`, fact]))
}

/** The values, each once, sorted, as one string: a kind that does not depend on the order in which things happened. */
export function kinds(values: Iterable<string>): string {
  return [...new Set(values)].sort().join(' | ')
}

/** The items by key, in the order in which each key came first. */
export function groupBy<T>(items: Iterable<T>, key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group) group.push(item)
    else groups.set(key(item), [item])
  }
  return groups
}
