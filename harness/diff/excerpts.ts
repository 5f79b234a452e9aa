/** Excerpts of what our own kernels printed and our own devices saw, as they are: linux 6.1.192, Debian's, with our patches. */

export interface Excerpt {
  console: string
  /** Of trace.jsonl. */
  trace: string
}

/** A boot of 6.1, SATA behind the IPMMU. */
export const QUIET: Excerpt = {
  console: `
[    0.000000] Linux version 6.1.192 (dmaspec@dmaspec) (aarch64-linux-gnu-gcc (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT Thu Jan  1 00:00:00 UTC 1970
[    0.000000] Machine model: Renesas Salvator-X 2nd version board based on r8a77951
[    0.000000]   DMA      [mem 0x0000000048000000-0x000000007fffffff]
[    0.000000] CPU features: kernel page table isolation disabled by kernel configuration
[    0.000000] Kernel command line: console=ttySC0,115200 earlycon ignore_loglevel printk.devkmsg=on panic=-1 nr_cpus=2 dmaspec.nonce=583fd5a29cea259183d54c6a051f1f12 dmaspec.disk=2097152:cb7de4eb19e873a1f5cdc93c37faab4f0bbad8fac4573ee72bddcecdc1488910
[    0.000000] software IO TLB: mapped [mem 0x000000007bfff000-0x000000007ffff000] (64MB)
[    0.000000] Memory: 3914640K/4063232K available (3456K kernel code, 652K rwdata, 796K rodata, 640K init, 239K bss, 148592K reserved, 0K cma-reserved)
[    0.452852] iommu: Default domain type: Translated 
[    0.453498] iommu: DMA domain TLB invalidation policy: strict mode 
[    0.713582] Freeing initrd memory: 5848K
[    0.725991] ipmmu-vmsa e67b0000.iommu: IPMMU context 0 is reserved
[    0.811247] sata_rcar ee300000.sata: Adding to iommu group 0
[    0.820226] ipmmu-vmsa e67b0000.iommu: dmaspec: page table pages=0xffffff84c015b000 dma=0x000000050015b000 phys=0x50015b000 size=0x20
[    0.821474] sata_rcar ee300000.sata: Using IPMMU context 1
[    0.830164] ipmmu-vmsa e67b0000.iommu: dmaspec: page table pages=0xffffff84c0161000 dma=0x0000000500161000 phys=0x500161000 size=0x1000
[    0.831367] ipmmu-vmsa e67b0000.iommu: dmaspec: page table pages=0xffffff84c0162000 dma=0x0000000500162000 phys=0x500162000 size=0x1000
[    0.851584] scsi host0: sata_rcar
[    0.862548] ata1: SATA max UDMA/133 irq 23
[    1.221365] ata1: SATA link up 3.0 Gbps (SStatus 123 SControl 300)
[    1.254796] sd 0:0:0:0: [sda] Write Protect is off
[    1.273545] sd 0:0:0:0: [sda] Attached SCSI disk
[    1.290111] Freeing unused kernel memory: 640K
[    1.508281] init (45): drop_caches: 3
[    1.784252] ipmmu-vmsa e67b0000.iommu: dmaspec: page table pages=0xffffff84c19dc000 dma=0x00000005019dc000 phys=0x5019dc000 size=0x1000
[    1.917125] init (50): drop_caches: 3
[    2.030097] dmaspec: 583fd5a29cea259183d54c6a051f1f12 disk device=sda read=ok write=ok reread=ok
[    2.049428] dmaspec: 583fd5a29cea259183d54c6a051f1f12 done
`,
  trace: `
{"event":"transfer","t":1640851468,"master":"ee300000.sata","mmu":"e6570000.iommu","utlb":2,"context":1,"iova":"0xfffff000","phys":"0x50015f000","length":"0x8","access":"read","what":"descriptor","ok":true}
{"event":"transfer","t":1641004387,"master":"ee300000.sata","mmu":"e6570000.iommu","utlb":2,"context":1,"iova":"0xffffe000","phys":"0x500d86000","length":"0x1000","access":"write","what":"data","ok":true}
{"event":"transfer","t":1906674453,"master":"ee300000.sata","mmu":"e6570000.iommu","utlb":2,"context":1,"iova":"0xfffc0000","phys":"0x500dc9000","length":"0x1000","access":"write","what":"data","ok":true}
`,
}

/** The same once more, on a busy host: other page tables, a slow timer. */
export const BUSY: Excerpt = {
  console: `
[    0.000000] Linux version 6.1.192 (dmaspec@dmaspec) (aarch64-linux-gnu-gcc (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT Thu Jan  1 00:00:00 UTC 1970
[    0.000000] Machine model: Renesas Salvator-X 2nd version board based on r8a77951
[    0.000000]   DMA      [mem 0x0000000048000000-0x000000007fffffff]
[    0.000000] CPU features: kernel page table isolation disabled by kernel configuration
[    0.000000] Kernel command line: console=ttySC0,115200 earlycon ignore_loglevel printk.devkmsg=on panic=-1 nr_cpus=2 dmaspec.nonce=9162482991660ac534c8a91d44d56213 dmaspec.disk=2097152:b670c0aa5d945999705f0f315fd099ad0e663edfca4ae982fca42dd185834578
[    0.000000] software IO TLB: mapped [mem 0x000000007bfff000-0x000000007ffff000] (64MB)
[    0.000000] Memory: 3914640K/4063232K available (3456K kernel code, 652K rwdata, 796K rodata, 640K init, 239K bss, 148592K reserved, 0K cma-reserved)
[    0.346515] iommu: Default domain type: Translated 
[    0.347344] iommu: DMA domain TLB invalidation policy: strict mode 
[    0.552816] Freeing initrd memory: 5848K
[    0.593599] ipmmu-vmsa e67b0000.iommu: IPMMU context 0 is reserved
[    0.709475] sata_rcar ee300000.sata: Adding to iommu group 0
[    0.731799] ipmmu-vmsa e67b0000.iommu: dmaspec: page table pages=0xffffff84c0c99000 dma=0x0000000500c99000 phys=0x500c99000 size=0x20
[    0.735317] sata_rcar ee300000.sata: Using IPMMU context 1
[    0.743473] ipmmu-vmsa e67b0000.iommu: dmaspec: page table pages=0xffffff84c0c9e000 dma=0x0000000500c9e000 phys=0x500c9e000 size=0x1000
[    0.747038] ipmmu-vmsa e67b0000.iommu: dmaspec: page table pages=0xffffff84c0c9f000 dma=0x0000000500c9f000 phys=0x500c9f000 size=0x1000
[    0.819184] scsi host0: sata_rcar
[    0.824634] ata1: SATA max UDMA/133 irq 23
[    1.262167] ata1: SATA link up 3.0 Gbps (SStatus 123 SControl 300)
[    1.326366] sd 0:0:0:0: [sda] Write Protect is off
[    1.340716] sd 0:0:0:0: [sda] Attached SCSI disk
[    1.396342] Freeing unused kernel memory: 640K
[    1.604963] init (44): drop_caches: 3
[    1.646971] hrtimer: interrupt took 28325712 ns
[    2.333961] ipmmu-vmsa e67b0000.iommu: dmaspec: page table pages=0xffffff84c15b3000 dma=0x00000005015b3000 phys=0x5015b3000 size=0x1000
[    2.431746] init (49): drop_caches: 3
[    2.744419] dmaspec: 9162482991660ac534c8a91d44d56213 disk device=sda read=ok write=ok reread=ok
[    2.787767] dmaspec: 9162482991660ac534c8a91d44d56213 done
`,
  trace: `
{"event":"transfer","t":2084559520,"master":"ee300000.sata","mmu":"e6570000.iommu","utlb":2,"context":1,"iova":"0xfffff000","phys":"0x500c9c000","length":"0x8","access":"read","what":"descriptor","ok":true}
{"event":"transfer","t":2084641022,"master":"ee300000.sata","mmu":"e6570000.iommu","utlb":2,"context":1,"iova":"0xffffe000","phys":"0x500d70000","length":"0x1000","access":"write","what":"data","ok":true}
{"event":"transfer","t":2409434717,"master":"ee300000.sata","mmu":"e6570000.iommu","utlb":2,"context":1,"iova":"0xfffc0000","phys":"0x500de6000","length":"0x1000","access":"write","what":"data","ok":true}
`,
}

/** With the fault bus-mask-always-set. */
export const REFUSED: Excerpt = {
  console: `
[    0.000000] Linux version 6.1.192 (dmaspec@dmaspec) (aarch64-linux-gnu-gcc (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT Thu Jan  1 00:00:00 UTC 1970
[    0.000000] Machine model: Renesas Salvator-X 2nd version board based on r8a77951
[    0.000000]   DMA      [mem 0x0000000048000000-0x000000007fffffff]
[    0.000000] CPU features: kernel page table isolation disabled by kernel configuration
[    0.000000] Kernel command line: console=ttySC0,115200 earlycon ignore_loglevel printk.devkmsg=on panic=-1 nr_cpus=2 dmaspec.nonce=a3fd2d8e62f78fac92a19467b2c45e31 dmaspec.disk=2097152:ddc154dd21e12f5d5822223b0038a0525c3898edc84d770c6d55aac91a031197
[    0.000000] software IO TLB: mapped [mem 0x000000007bfff000-0x000000007ffff000] (64MB)
[    0.000000] Memory: 3914640K/4063232K available (3456K kernel code, 652K rwdata, 796K rodata, 640K init, 239K bss, 148592K reserved, 0K cma-reserved)
[    0.264378] iommu: Default domain type: Translated 
[    0.264962] iommu: DMA domain TLB invalidation policy: strict mode 
[    0.409148] ipmmu-vmsa e67b0000.iommu: IPMMU context 0 is reserved
[    0.427807] Freeing initrd memory: 5848K
[    0.483902] sata_rcar ee300000.sata: Adding to iommu group 0
[    0.495798] ipmmu-vmsa e67b0000.iommu: dmaspec: page table pages=0xffffff84c0c99000 dma=0x000000007bfff000 phys=0x500c99000 size=0x20
[    0.496128] ipmmu-vmsa e67b0000.iommu: Cannot accommodate DMA translation for IOMMU page tables
[    0.496616] sata_rcar ee300000.sata: Unable to initialize IPMMU context
[    0.496878] sata_rcar ee300000.sata: Removing from iommu group 0
[    0.509496] scsi host0: sata_rcar
[    0.516412] ata1: SATA max UDMA/133 irq 23
[    0.868318] ata1: SATA link up 3.0 Gbps (SStatus 123 SControl 300)
[    0.913615] sd 0:0:0:0: [sda] Write Protect is off
[    0.932248] sd 0:0:0:0: [sda] Attached SCSI disk
[    0.953703] Freeing unused kernel memory: 640K
[    1.201663] init (44): drop_caches: 3
[    1.368241] init (49): drop_caches: 3
[    1.426655] dmaspec: a3fd2d8e62f78fac92a19467b2c45e31 disk device=sda read=ok write=ok reread=ok
[    1.435979] dmaspec: a3fd2d8e62f78fac92a19467b2c45e31 done
`,
  trace: `
{"event":"transfer","t":1179565351,"master":"ee300000.sata","mmu":null,"utlb":null,"context":null,"iova":"0x48900000","phys":"0x48900000","length":"0x8","access":"read","what":"descriptor","ok":true}
{"event":"transfer","t":1179752416,"master":"ee300000.sata","mmu":null,"utlb":null,"context":null,"iova":"0x7c000000","phys":"0x7c000000","length":"0x1000","access":"write","what":"data","ok":true}
{"event":"transfer","t":1466056978,"master":"ee300000.sata","mmu":null,"utlb":null,"context":null,"iova":"0x7c001000","phys":"0x7c001000","length":"0x1000","access":"write","what":"data","ok":true}
`,
}

/** With domain-free-unguarded, too. */
export const CRASHED: Excerpt = {
  console: `
[    0.000000] Linux version 6.1.192 (dmaspec@dmaspec) (aarch64-linux-gnu-gcc (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT Thu Jan  1 00:00:00 UTC 1970
[    0.000000] Machine model: Renesas Salvator-X 2nd version board based on r8a77951
[    0.000000]   DMA      [mem 0x0000000048000000-0x000000007fffffff]
[    0.000000] CPU features: kernel page table isolation disabled by kernel configuration
[    0.000000] Kernel command line: console=ttySC0,115200 earlycon ignore_loglevel printk.devkmsg=on panic=-1 nr_cpus=2 dmaspec.nonce=a96c144caea64a76c23aec0a7b0ba0e0 dmaspec.disk=2097152:e90d6a0c9dfb23828f450881c5e6736d8b83a7be0a4713f5810663204795f0f6
[    0.000000] software IO TLB: mapped [mem 0x000000007bfff000-0x000000007ffff000] (64MB)
[    0.000000] Memory: 3914640K/4063232K available (3456K kernel code, 652K rwdata, 796K rodata, 640K init, 239K bss, 148592K reserved, 0K cma-reserved)
[    0.468703] iommu: Default domain type: Translated 
[    0.469784] iommu: DMA domain TLB invalidation policy: strict mode 
[    0.888694] Freeing initrd memory: 5848K
[    0.911729] ipmmu-vmsa e67b0000.iommu: IPMMU context 0 is reserved
[    1.031492] sata_rcar ee300000.sata: Adding to iommu group 0
[    1.042038] ipmmu-vmsa e67b0000.iommu: dmaspec: page table pages=0xffffff84c0c31000 dma=0x000000007bfff000 phys=0x500c31000 size=0x20
[    1.042609] ipmmu-vmsa e67b0000.iommu: Cannot accommodate DMA translation for IOMMU page tables
[    1.043215] sata_rcar ee300000.sata: Unable to initialize IPMMU context
[    1.045746] sata_rcar ee300000.sata: Removing from iommu group 0
[    1.046757] Unable to handle kernel NULL pointer dereference at virtual address 0000000000000040
[    1.047727]   ESR = 0x0000000096000005
[    1.057630] Internal error: Oops: 0000000096000005 [#1] PREEMPT SMP
[    1.057902] CPU: 0 PID: 8 Comm: kworker/u4:0 Not tainted 6.1.192 #1 
[    1.058948] Workqueue: events_unbound deferred_probe_work_func
[    1.059431] pc : ipmmu_domain_free+0x18/0xc0
[    1.059581] lr : iommu_group_release+0x50/0x90
[    1.062041] x2 : 0000000000000594 x1 : ffffffc0081e55b0 x0 : 0000000000000000
[    1.062299] Call trace:
[    1.062498]  ipmmu_domain_free+0x18/0xc0
[    1.062790]  iommu_group_release+0x50/0x90
[    1.063084]  kobject_put+0xa4/0xf0
[    1.063253]  kobject_put+0xb8/0xf0
[    1.067011]  worker_thread+0x68/0x42c
[    1.067549] Code: a90153f3 aa0003f4 d1002013 f85f8000 (f9402001) 
[    1.068087] ---[ end trace 0000000000000000 ]---
`,
  trace: `

`,
}

/** With the fault map-readonly. */
export const READONLY: Excerpt = {
  console: `
[    0.000000] Linux version 6.1.192 (dmaspec@dmaspec) (aarch64-linux-gnu-gcc (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT Thu Jan  1 00:00:00 UTC 1970
[    0.000000] Machine model: Renesas Salvator-X 2nd version board based on r8a77951
[    0.000000]   DMA      [mem 0x0000000048000000-0x000000007fffffff]
[    0.000000] CPU features: kernel page table isolation disabled by kernel configuration
[    0.000000] Kernel command line: console=ttySC0,115200 earlycon ignore_loglevel printk.devkmsg=on panic=-1 nr_cpus=2 dmaspec.nonce=89886963d09dc3ddb21b6c39fb6c346c dmaspec.disk=2097152:c4beddf0d040a8457abbcb2f6b9ce777c862a6277dcfcf846519be7c820de17f
[    0.000000] software IO TLB: mapped [mem 0x000000007bfff000-0x000000007ffff000] (64MB)
[    0.000000] Memory: 3914640K/4063232K available (3456K kernel code, 652K rwdata, 796K rodata, 640K init, 239K bss, 148592K reserved, 0K cma-reserved)
[    0.255487] iommu: Default domain type: Translated 
[    0.255755] iommu: DMA domain TLB invalidation policy: strict mode 
[    0.342167] Freeing initrd memory: 5848K
[    0.355844] ipmmu-vmsa e67b0000.iommu: IPMMU context 0 is reserved
[    0.410150] sata_rcar ee300000.sata: Adding to iommu group 0
[    0.411058] ipmmu-vmsa e67b0000.iommu: dmaspec: page table pages=0xffffff84c09d9000 dma=0x00000005009d9000 phys=0x5009d9000 size=0x20
[    0.411649] sata_rcar ee300000.sata: Using IPMMU context 1
[    0.414508] ipmmu-vmsa e67b0000.iommu: dmaspec: page table pages=0xffffff84c09df000 dma=0x00000005009df000 phys=0x5009df000 size=0x1000
[    0.414916] ipmmu-vmsa e67b0000.iommu: dmaspec: page table pages=0xffffff84c09e0000 dma=0x00000005009e0000 phys=0x5009e0000 size=0x1000
[    0.420471] scsi host0: sata_rcar
[    0.427393] ata1: SATA max UDMA/133 irq 23
[    0.805983] ata1: SATA link up 3.0 Gbps (SStatus 123 SControl 300)
[    0.902619] sd 0:0:0:0: [sda] Write Protect is off
[    0.919953] ipmmu-vmsa e6570000.iommu: Unhandled fault: status 0x00002402 iova 0xffffe000
[    1.341083] ata1: SATA link up 3.0 Gbps (SStatus 123 SControl 300)
[    1.364546] ipmmu-vmsa e6570000.iommu: Unhandled fault: status 0x00002402 iova 0xffffe000
[    1.716389] ata1: SATA link up 1.5 Gbps (SStatus 113 SControl 310)
[    1.719301] ipmmu-vmsa e6570000.iommu: Unhandled fault: status 0x00002402 iova 0xffffe000
[    2.061063] ata1: SATA link up 1.5 Gbps (SStatus 113 SControl 310)
[   13.831441] dmaspec: 89886963d09dc3ddb21b6c39fb6c346c disk device=sda read=fail write=fail reread=fail
[   13.863297] dmaspec: 89886963d09dc3ddb21b6c39fb6c346c done
`,
  trace: `
{"event":"transfer","t":1582946075,"master":"ee300000.sata","mmu":"e6570000.iommu","utlb":2,"context":1,"iova":"0xfffff000","phys":"0x5009dd000","length":"0x8","access":"read","what":"descriptor","ok":true}
{"event":"transfer","t":1582957312,"master":"ee300000.sata","mmu":"e6570000.iommu","utlb":2,"context":1,"iova":"0xffffe000","phys":"0x0","length":"0x1000","access":"write","what":"data","ok":false}
{"event":"transfer","t":2027804738,"master":"ee300000.sata","mmu":"e6570000.iommu","utlb":2,"context":1,"iova":"0xffffe000","phys":"0x0","length":"0x1000","access":"write","what":"data","ok":false}
{"event":"walk-fault","t":1582952875,"mmu":"e6570000.iommu","utlb":2,"context":1,"iova":"0xffffe000","access":"write","reason":"permission","level":3,"tables":[]}
{"event":"walk-fault","t":2027790727,"mmu":"e6570000.iommu","utlb":2,"context":1,"iova":"0xffffe000","access":"write","reason":"permission","level":3,"tables":[]}
`,
}
