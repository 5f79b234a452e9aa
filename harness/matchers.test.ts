import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { t } from './index.ts'
import { bounced, changed, judged, strict, type Both } from './oracle/sample.ts'
import { isBounced, isDirect, isThroughIommu, isWithin, type Claimed } from './oracle/claims.ts'
import { GiB } from './cell/memory.ts'
import type { Mapping } from './types.ts'

function only(both: Both): Mapping {
  const [mapping] = judged(both).mappings
  if (!mapping) throw new Error('the sample has no mapping')
  return mapping
}

const behind = only(strict())
const slot = only(bounced())
const unused = only(changed(strict(), /.*"event":"transfer".*/, ''))

t.test('the matchers are methods of t, in every test', async t => {
  t.bounced(slot)
  t.test('and in one in it', async t => {
    t.direct(behind, 'with words of the spec')
    t.throughIommu(behind)
    t.within(behind, 4n * GiB)
  })
})

/** What is claimed of which mapping, whether it holds, and what is told of both sides. */
const claims: Record<string, { claim: Claimed; holds: boolean; says: RegExp; why?: RegExp }> = {
  'a bounced mapping is bounced': {
    claim: isBounced(slot),
    holds: true,
    says: /^mapping 1 is bounced: kernel 0x7bfff000 to 0x7bfff7ff for 0x500146800, meaning 0x7bfff000; device read 0x7bfff000 to 0x7bfff7ff at 0x7bfff000, and 1 more$/,
  },
  'it is not direct': {
    claim: isDirect(slot),
    holds: false,
    says: /^mapping 1 is not direct: kernel .* 0x500146800/,
    why: /the kernel says that it is bounced/,
  },
  'nor behind an IOMMU': {
    claim: isThroughIommu(slot),
    holds: false,
    says: /not through/,
    why: /domain is none/,
  },
  'nor within 1 GiB': {
    claim: isWithin(slot, 1n * GiB),
    holds: false,
    says: /not within 0x40000000/,
    why: /the kernel gave 0x7bfff000 to 0x7bfff7ff/,
  },
  'a direct mapping is direct': {
    claim: isDirect(behind),
    holds: true,
    says: /^mapping 3 is direct: kernel 0xffffe000 to 0xffffefff for 0x5009d9000, meaning 0x5009d9000; device write 0xffffe000 to 0xffffefff at 0x5009d9000 by e6570000.iommu$/,
  },
  'it is not bounced': {
    claim: isBounced(behind),
    holds: false,
    says: /not bounced/,
    why: /no part of it is/,
  },
  'its last byte counts': {
    claim: isWithin(behind, 0xffffefffn),
    holds: false,
    says: /not within 0xffffefff/,
    why: /gave 0xffffe000 to 0xffffefff/,
  },
  'and no more': { claim: isWithin(behind, 0xfffff000n), holds: true, says: /is within 0xfffff000/ },
  'a device at the buffer makes it not bounced': {
    claim: isBounced(
      only(changed(bounced(), /("iova":"0x7bfff000","phys":)"0x7bfff000"(.*"job":2)/, '$1"0x500146800"$2')),
    ),
    holds: false,
    says: /not bounced/,
    why: /the device was at the buffer itself, 0x500146800/,
  },
  'a device elsewhere makes it not direct': {
    claim: isDirect(only(changed(strict(), /("transfer".*"phys":)"0x5009d9000"/, '$1"0x5009da000"'))),
    holds: false,
    says: /not direct/,
    why: /the device was at 0x5009da000, not in the buffer/,
  },
  'a device past the IOMMU makes it not through it': {
    claim: isThroughIommu(
      only(
        changed(
          strict(),
          /("transfer".*)"mmu":"e6570000.iommu","utlb":8,"context":1(.*"ok":true)/,
          '$1"mmu":null,"utlb":null,"context":null$2',
        ),
      ),
    ),
    holds: false,
    says: /not through the IOMMU/,
    why: /went past it at 0xffffe000/,
  },
  'what the device used counts, not only what it was given': {
    claim: isWithin(
      only(changed(strict(), /("transfer".*"length":)"0x1000"(.*"ok":true)/, '$1"0x2000"$2')),
      0xfffff000n,
    ),
    holds: false,
    says: /not within/,
    why: /the device used 0xffffe000 to 0xffffffff/,
  },
  'a mapping that was never used is not direct': {
    claim: isDirect(unused),
    holds: false,
    says: /not direct/,
    why: /never reached it/,
  },
  'nor through the IOMMU': {
    claim: isThroughIommu(unused),
    holds: false,
    says: /not through/,
    why: /never reached it/,
  },
}
for (const [name, { claim, holds, says, why }] of Object.entries(claims)) {
  t.test(name, async t => {
    t.equal(claim.holds, holds)
    t.match(claim.message, says)
    t.match(claim.found?.why ?? '', why ?? /^$/)
  })
}

t.test('a matcher that does not hold fails its test, with both sides', async t => {
  const file = join(t.testdir({}), 'x.spec.mts')
  const sample = new URL('./oracle/sample.ts', import.meta.url).href
  const index = new URL('./index.ts', import.meta.url).href
  writeFileSync(
    file,
    `import { t } from ${JSON.stringify(index)}
     import { judged, strict } from ${JSON.stringify(sample)}
     t.test('red', async t => {
       const [mapping] = judged(strict()).mappings
       t.bounced(mapping)
       t.within(mapping, 0x1000n, 'low')
       t.direct(undefined)
     })`,
  )
  const { stdout, status } = spawnSync(process.execPath, ['--import=tsx', file], {
    env: { ...process.env, TAP: '1' },
    encoding: 'utf8',
  })
  t.equal(status, 1)
  t.match(stdout, /not ok 1 - mapping 3 is not bounced: kernel 0xffffe000 to 0xffffefff for 0x5009d9000/)
  t.match(stdout, /why: the kernel says that no part of it is/)
  t.match(stdout, /not ok 2 - low: mapping 3 is not within 0x1000/)
  t.match(stdout, /not ok 3 - there is no such mapping/)
  t.match(stdout, /fileName: .*x\.spec\.mts/, 'where the spec says it')
})
