import type { Oops } from '../../report/report.ts'
import { prose, say } from '../say.ts'
import type { Rule } from './reading.ts'

// What code that undoes something is called.
const UNDOES =
  /(?:^|_)(?:free|release|destroy|remove|detach|cleanup|teardown|unregister|unbind|put|del|fini|exit|deinit|uninit)(?:_|$|\.)/
/** Frames that are looked at: further up everything is torn down by something. */
const NEAR = 8

// What the code must have to do with, for an error of DMA or an IOMMU to be its reason.
const CONCERNS = /domain|iommu|mmu|pgtable|dma|mapping|swiotlb/
/** Lines of the log between the error and the crash: a probe that fails is undone at once. */
const SOON = 50

/**
 * A pointer was NULL in code that undoes something of DMA's or an IOMMU's, right after one of them said that it failed:
 * the error path takes down what was never set up.
 */
export const tornDown: Rule = ({ trouble }, crash) => {
  if (crash?.kind !== 'null-deref') return null
  const where = crash.pc?.symbol ?? crash.callTrace[0]?.symbol
  const by = callers(crash).slice(0, NEAR)
  const before = trouble.filter(({ line }) => line <= crash.line && line >= crash.line - SOON)
  const [first] = before
  if (where === undefined || !first || !UNDOES.test(where)) return null
  if (![where, ...by].some(symbol => CONCERNS.test(symbol))) return null
  const from = by.find(symbol => UNDOES.test(symbol))
  const what = where.includes('domain') ? 'a domain' : 'something'
  return {
    short: prose('what had failed was undone, though it was never set up'),
    says: [
      say`Then what had failed is undone: ${where} runs${from === undefined ? prose('') : say`, below ${from}`}, to take down ${prose(what)} that was never set up. It does not ask whether it was, and its pointer is NULL.`,
    ],
    lines: [...new Set([...before.slice(0, 3).map(({ line }) => line), crash.line])],
    next: [
      say`The refusal and the crash are two faults: a check in ${where} for what was never set up mends the crash, and the refusal stays.`,
    ],
  }
}

function callers({ callTrace, pc }: Oops): string[] {
  const symbols = callTrace.filter(({ inexact }) => !inexact).map(({ symbol }) => symbol)
  return symbols[0] === pc?.symbol ? symbols.slice(1) : symbols
}
