import { THE_REPORT } from '../report/consoles.ts'

/** A healthy boot, typed in the kernel's formats; long enough to have what a boot has, bait for greps included. */
const BOOT = `
Booting Linux on physical CPU 0x0000000000 [0x411fd070]
Linux version 6.12.48-arm64 (build@board) (aarch64-linux-gnu-gcc (Debian 12.2.0-14) 12.2.0, GNU ld 2.40) #1 SMP PREEMPT Thu Sep 25 10:11:12 UTC 2025
Machine model: Renesas Salvator-X 2nd version board based on r8a77951
efi: UEFI not found.
OF: reserved mem: 0x0000000057000000..0x0000000069ffffff (311296 KiB) map reusable linux,cma@57000000
NUMA: Faking a node at [mem 0x0000000048000000-0x000000073fffffff]
Zone ranges:
  DMA      [mem 0x0000000048000000-0x00000000ffffffff]
  DMA32    empty
  Normal   [mem 0x0000000100000000-0x000000073fffffff]
Movable zone start for each node
Early memory node ranges
  node   0: [mem 0x0000000048000000-0x000000007fffffff]
  node   0: [mem 0x0000000500000000-0x000000053fffffff]
Initmem setup node 0 [mem 0x0000000048000000-0x000000073fffffff]
psci: probing for conduit method from DT.
psci: PSCIv1.1 detected in firmware.
psci: Using standard PSCI v0.2 function IDs
percpu: Embedded 24 pages/cpu s57832 r8192 d32280 u98304
Detected PIPT I-cache on CPU0
CPU features: detected: Spectre-v2
CPU features: detected: ARM erratum 834220
Kernel command line: console=ttySC0,115200 root=/dev/nfs rw ip=dhcp panic=-1
Dentry cache hash table entries: 524288 (order: 10, 4194304 bytes, linear)
software IO TLB: area num 8.
software IO TLB: mapped [mem 0x000000007bfff000-0x000000007ffff000] (64MB)
Memory: 3766508K/4091904K available (14080K kernel code, 2318K rwdata, 5036K rodata, 3840K init, 506K bss, 259860K reserved, 65536K cma-reserved)
SLUB: HWalign=64, Order=0-3, MinObjects=0, CPUs=8, Nodes=1
rcu: Preemptible hierarchical RCU implementation.
rcu: \tRCU event tracing is enabled.
rcu: RCU calculated value of scheduler-enlistment delay is 25 jiffies.
NR_IRQS: 64, nr_irqs: 64, preallocated irqs: 0
GIC: Using split EOI/Deactivate mode
arch_timer: cp15 timer(s) running at 8.33MHz (virt).
Console: colour dummy device 80x25
printk: legacy console [ttySC0] enabled
Calibrating delay loop (skipped), value calculated using timer frequency.. 16.66 BogoMIPS (lpj=33332)
LSM: initializing lsm=capability
smp: Bringing up secondary CPUs ...
CPU1: Booted secondary processor 0x0000000001 [0x411fd070]
smp: Brought up 1 node, 4 CPUs
devtmpfs: initialized
DMA: preallocated 512 KiB GFP_KERNEL pool for atomic allocations
audit: initializing netlink subsys (disabled)
thermal_sys: Registered thermal governor 'step_wise'
ASID allocator initialised with 65536 entries
iommu: Default domain type: Translated
iommu: DMA domain TLB invalidation policy: strict mode
SCSI subsystem initialized
usbcore: registered new interface driver hub
workingset: timestamp_bits=46 max_order=20 bucket_order=0
sh-sci e6e88000.serial: ttySC0 at MMIO 0xe6e88000 (irq = 27, base_baud = 0) is a scif
ipmmu-vmsa e67b0000.iommu: 8 context banks are in use
rcar-dmac e6700000.dma-controller: deferred probe timeout, ignoring dependency
sata_rcar ee300000.sata: Adding to iommu group 0
sata_rcar ee300000.sata: Using IPMMU context 0
scsi host0: sata_rcar
ata1: SATA max UDMA/133 irq 122 lpm-pol 0
ravb e6800000.ethernet eth0: Base address at 0xe6800000, 2e:09:0a:00:83:3a, IRQ 116.
ehci-platform ee080100.usb: EHCI Host Controller
hub 1-0:1.0: USB hub found
renesas_sdhi_internal_dmac ee100000.mmc: mmc0 base at 0x00000000ee100000, max clock rate 200 MHz
mmc0: new ultra high speed SDR104 SDHC card at address aaaa
ata1: SATA link up 3.0 Gbps (SStatus 123 SControl 300)
ata1.00: ATA-7: WDC WD800JD, 08.05J08, max UDMA/133
ata1.00: exception Emask 0x0 SAct 0x0 SErr 0x0 action 0x6 frozen
NET: Registered PF_INET6 protocol family
clk: Disabling unused clocks
debug: kmemleak: BUG reports are off
WARNING: the mand mount option has been deprecated and is ignored by this kernel
VFS: Mounted root (nfs filesystem) on device 0:19.
Freeing unused kernel memory: 3840K
Run /sbin/init as init process
systemd[1]: Detected architecture arm64.
systemd[1]: Internal error is not what happened here; all is well.
random: crng init done
`
  .trim()
  .split('\n')

const OOPS = [
  '------------[ cut here ]------------',
  ...THE_REPORT,
  'note: kworker/2:1[51] exited with irqs disabled',
]

/** A log of about so many bytes, in chunks: the lines again and again, with time stamps that go on. */
export function* log(lines: readonly string[], bytes: number, caller = ''): Generator<Buffer> {
  let micro = 0
  for (let sum = 0; sum < bytes;) {
    let chunk = ''
    while (chunk.length < 65_536) {
      for (const line of lines) {
        micro += 1234
        const seconds = Math.floor(micro / 1e6)
        chunk += `[${String(seconds).padStart(5)}.${String(micro % 1e6).padStart(6, '0')}]${caller} ${line}\n`
      }
    }
    sum += chunk.length
    yield Buffer.from(chunk)
  }
}

export const healthyLog = (bytes: number) => log(BOOT, bytes)
export const oopsesLog = (bytes: number) => log(OOPS, bytes, '[   T51]')
/** Boots, and a crash now and then: what keeps most. */
export const mixedLog = (bytes: number) => log([...BOOT, ...BOOT, ...OOPS], bytes)
