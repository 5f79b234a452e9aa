import type { Diff, PlacedDifference } from './diff.ts'
import { count } from '../text.ts'

/** How many places of a difference are named. */
const NAMED = 4

/** The answer in one line. */
export function summary({ behaviourChanged, differences, dmesg }: Diff): string {
  const lines = dmesg.new.length + dmesg.gone.length
  const wording = differences.some(({ severity }) => severity === 'wording') || lines > 0
  if (!behaviourChanged) {
    return wording ? 'Behaviour is the same; what the kernel printed is not.' : 'No difference.'
  }
  const behaviour = differences.filter(({ severity }) => severity === 'behaviour')
  return `Behaviour changed: ${count(behaviour.length, 'difference')}.`
}

/** `page tables: e67b0000.iommu` */
export function label({ subject, about }: Pick<PlacedDifference, 'subject' | 'about'>): string {
  return about === '' ? subject : `${subject}: ${about}`
}

/** ` in report › both, boot 2; …`; nothing for two single boots. */
export function placesInWords(places: readonly string[]): string {
  if (places.length === 0) return ''
  const more = places.length > NAMED ? ` and ${places.length - NAMED} more` : ''
  return ` in ${places.slice(0, NAMED).join('; ')}${more}`
}

/** What one side printed after the other's boot had ended. */
export function unreachedInWords({ before, after }: Diff['dmesg']['unreached']): string[] {
  const words = (n: number, one: string, other: string) =>
    n === 0 ? [] : [`${n} more ${one} only: a boot ${other} ended too early to get to them`]
  return [...words(before, 'before', 'after'), ...words(after, 'after', 'before')]
}
