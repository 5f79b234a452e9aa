import { isBad } from '../results/outcome.ts'
import type { RunResult, TestResult } from '../results/result.ts'
import { oneLine } from '../text.ts'

/** What a failure is known by, from one build to the next: a crash's kind and top frame, or an assertion that broke. */
export type Signature = CrashSignature | AssertionSignature

export interface CrashSignature {
  is: 'crash'
  /** As the report has it, without addresses and numbers: `null-deref in ipmmu_domain_free`. */
  title: string
}

export interface AssertionSignature {
  is: 'assertion'
  /** The spec, the titles of the test from the outside in, and the assertion, without addresses and numbers. */
  path: string[]
}

const BETWEEN = ' › '

/** All that went wrong in a run, each once, in the order in which it did. What a test allows is nothing that went wrong. */
export function signaturesOf({ cells }: Pick<RunResult, 'cells'>): Signature[] {
  const found = cells.flatMap(({ spec, tests }) => tests.flatMap(test => ofTest(spec, test)))
  return [...new Map(found.map(signature => [formatSignature(signature), signature])).values()]
}

function ofTest(spec: string, { verdict, path, assertions, boots }: TestResult): Signature[] {
  if (!isBad(verdict)) return []
  const crashes = new Set(boots.flatMap(({ oopses }) => oopses))
  // TAP: what is not ok and to be done, or skipped, is no failure.
  const broken = assertions.filter(({ ok, directive }) => !ok && directive === null)
  // boot() fails a test by the crash's own title.
  return broken.map(({ title }) =>
    crashes.has(title)
      ? crashSignature(title)
      : { is: 'assertion', path: [spec, ...path, stable(title)].map(part) },
  )
}

/** What a crash is known by, from its title in the report. */
export function crashSignature(title: string): CrashSignature {
  return { is: 'crash', title: part(stableCrash(title)) }
}

/** Without the sign that stands between parts. */
const part = (text: string) => oneLine(text, 300).replaceAll('›', '>')

/** Without what differs from build to build, and from boot to boot: `0xN` for an address, `N` for a number. */
function stable(text: string): string {
  return oneLine(text, 300)
    .replace(/\b0x(?:[0-9a-f]+|N)\b/gi, '0xN')
    .replace(/\b\d[\d,.]*(?=\b)/g, 'N')
}

/** Nor offsets into functions, nor what the compiler made of their names. */
function stableCrash(title: string): string {
  return stable(
    title
      .replace(/\+0x[0-9a-f]+(\/0x[0-9a-f]+)?/gi, '')
      .replace(/\.(isra|constprop|part|cold|llvm)(\.\d+)*\b/g, ''),
  )
}

/** `null-deref in ipmmu_domain_free`, `bus-limit › a 32-bit bus refuses page tables › bounced to 0xN`. */
export function formatSignature(signature: Signature): string {
  return signature.is === 'crash' ? signature.title : signature.path.join(BETWEEN)
}

/** What formatSignature() says, read again; people may write offsets and numbers. */
export function parseSignature(text: string): Signature {
  const parts = text.split('›').map(each => each.trim())
  const last = parts.pop() ?? ''
  return parts.length === 0
    ? crashSignature(last)
    : { is: 'assertion', path: [...parts, stable(last)].map(part) }
}

/** Whether a failure is the one that is looked for. Of an assertion, its test's outer titles may be left out there. */
export function matches(signature: Signature, wanted: Signature): boolean {
  if (signature.is === 'crash' || wanted.is === 'crash')
    return signature.is === wanted.is && formatSignature(signature) === formatSignature(wanted)
  const { path } = wanted
  return signature.path.slice(-path.length).join(BETWEEN) === path.join(BETWEEN)
}
