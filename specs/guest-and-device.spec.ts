/** What the kernel printed of its page tables, held against what the IPMMU read. */
import t from 'tap'
import { boot, kernels, hex, observed } from '../harness/index.ts'

const board = { overlays: ['sata-behind-ipmmu'], memory: '4G' }

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test('the IPMMU walks the page tables that the kernel printed, and no others', async t => {
      const result = await boot(t, { ...board, kernel })
      if (!observed(t, result, 'pageTables')) return
      const { report, trace } = result
      const printed = new Set(report.pageTables.map(table => table.dma))
      const walked = new Set(trace.walks.flatMap(walk => walk.tables))
      t.ok(
        printed.size >= 3,
        `${printed.size} page tables, the highest at ${hex(report.pageTables.highest.dma)}`,
      )
      t.same([...printed].filter(table => !walked.has(table)).map(hex), [], 'printed, but never walked')
      t.same([...walked].filter(table => !printed.has(table)).map(hex), [], 'walked, but never printed')
    })

    t.test('the context it walks is the one that the kernel set up', async t => {
      const result = await boot(t, { ...board, kernel })
      const { report, trace } = result
      const [using] = report.iommu.contexts
      const enabled = trace.contexts.find(x => x.op === 'enable' && x.mmu === 'e67b0000.iommu')
      t.equal(enabled?.context, using?.context, `context ${using?.context}`)
      if (!observed(t, result, 'pageTables')) return
      t.equal(enabled?.ttbr, report.pageTables[0]?.dma, `its first table is at ${hex(enabled?.ttbr)}`)
    })
  })
}
