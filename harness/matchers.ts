/** tap's `t`, with what a spec claims of a mapping as methods of its own. */
import tap, { type TestBase } from 'tap'
import { isBounced, isDirect, isThroughIommu, isWithin, type Claimed } from './oracle/claims.ts'
import type { Mapping } from './types.ts'
import { skipsUnobserved } from './unobserved.ts'

/** Assertions on a mapping (BootResult.oracle.mappings): each shows what kernel and device say of it, in hex. */
export interface OracleMatchers {
  /** It goes by way of swiotlb: the kernel says so, and the device was at the slot. */
  bounced: (mapping: Mapping | undefined, message?: string) => boolean
  /** It does not: the device was in the buffer itself. */
  direct: (mapping: Mapping | undefined, message?: string) => boolean
  /** Its domain translates, and the device's accesses were translated. */
  throughIommu: (mapping: Mapping | undefined, message?: string) => boolean
  /** All its addresses, given and used, are below `limit`, which is the first that is too high: `4n * GiB`. */
  within: (mapping: Mapping | undefined, limit: bigint, message?: string) => boolean
}

/** The plugin for tap: `t.applyPlugin(matchers)`. */
export function matchers(t: TestBase): OracleMatchers {
  function assert(
    caller: (...args: never[]) => unknown,
    mapping: Mapping | undefined,
    claim: (mapping: Mapping) => Claimed,
    message?: string,
  ): boolean {
    t.currentAssert = caller
    if (mapping === undefined) return t.fail(message ?? 'there is no such mapping')
    const { holds, message: sides, found } = claim(mapping)
    const title = message === undefined ? sides : `${message}: ${sides}`
    return holds ? t.pass(title) : t.fail(title, found ?? {})
  }
  const methods: OracleMatchers = {
    bounced: (mapping, message) => assert(methods.bounced, mapping, isBounced, message),
    direct: (mapping, message) => assert(methods.direct, mapping, isDirect, message),
    throughIommu: (mapping, message) => assert(methods.throughIommu, mapping, isThroughIommu, message),
    within: (mapping, limit, message) =>
      assert(methods.within, mapping, mapping => isWithin(mapping, limit), message),
  }
  return methods
}

/** tap's root test with the matchers, which all tests in it have, too; what was not observed skips them. */
export const t = tap.applyPlugin(skipsUnobserved).applyPlugin(matchers)
