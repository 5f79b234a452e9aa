/** Consoles for tests, typed by hand in the kernel's formats. */

/** The crash that the project exists for (LKML, November 2018), shortened: the facts are that report's. */
export const THE_REPORT = `
ipmmu-vmsa e67b0000.mmu: Cannot accommodate DMA translation for IOMMU page tables
sata_rcar ee300000.sata: Unable to initialize IPMMU context
iommu: Failed to add device ee300000.sata to group 0: -22
Unable to handle kernel NULL pointer dereference at virtual address 0000000000000038
Mem abort info:
  ESR = 0x96000004
  Exception class = DABT (current EL), IL = 32 bits
[0000000000000038] user address but active_mm is swapper
Internal error: Oops: 96000004 [#1] PREEMPT SMP
CPU: 2 PID: 51 Comm: kworker/2:1 Not tainted 4.20.0-rc1-arm64-renesas-dirty #74
Hardware name: Renesas Salvator-X 2nd version board based on r8a7795 ES2.0+ (DT)
Workqueue: events deferred_probe_work_func
pstate: 60000005 (nZCv daif -PAN -UAO)
pc : ipmmu_domain_free+0x1c/0xa0
lr : ipmmu_domain_free+0x14/0xa0
sp : ffff000009c9b990
x1 : 0000000000000000 x0 : 0000000000000028
Process kworker/2:1 (pid: 51, stack limit = 0x(____ptrval____))
Call trace:
 ipmmu_domain_free+0x1c/0xa0
 iommu_group_release+0x48/0x68
 kobject_del.part.0+0x3c/0x50
 ret_from_fork+0x10/0x1c
Code: aa0003f3 97ffeb1a d1002274 f85f8261 (f9401c20)
---[ end trace 4c46c7fd7cd07245 ]---
`
  .trim()
  .split('\n')

/** A good boot of our own kernel, shortened. */
export const A_GOOD_BOOT = (nonce: string) =>
  `
[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x411fd070]
[    0.000000] Linux version 6.1.192 (dmaspec@dmaspec) (aarch64-linux-gnu-gcc 12.2.0) #1 SMP PREEMPT
[    0.000000] Machine model: Renesas Salvator-X 2nd version board based on r8a77951
[    0.000000] software IO TLB: mapped [mem 0x000000007bfff000-0x000000007ffff000] (64MB)
[    0.000000] Kernel command line: console=ttySC0,115200 panic=-1 dmaspec.nonce=${nonce}
[    0.210000] ipmmu-vmsa e67b0000.iommu: dmaspec: page table pages=0xffff0006bf8c2000 dma=0x73f8c2000 phys=0x73f8c2000 size=0x1000
[    0.220000] ipmmu-vmsa e67b0000.iommu: dmaspec: page table pages=0xffff0006bf8c3000 dma=0x73f8c3000 phys=0x73f8c3000 size=0x1000
[    0.230000] sata_rcar ee300000.sata: Using IPMMU context 0
[    0.240000] sata_rcar ee300000.sata: Adding to iommu group 0
[    0.900000] dmaspec: ${nonce} disk device=sda read=ok write=ok reread=ok
[    0.910000] dmaspec: ${nonce} done
`
    .trim()
    .split('\n')
