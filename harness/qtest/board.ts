/** Where salvator-xs has what, as far as tests over qtest touch it: r8a77951.dtsi, images/qemu/hw/salvator_xs.c. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import type { Qtest } from './qtest.ts'

/** All IPMMU instances by the name of their label; `mm` is the main, the others are leaves. */
export const IPMMUS = {
  mm: 0xe67b0000,
  ds0: 0xe6740000,
  ds1: 0xe7740000,
  hc: 0xe6570000,
  ir: 0xff8b0000,
  mp0: 0xec670000,
  pv0: 0xfd800000,
  pv1: 0xfd950000,
  pv2: 0xfd960000,
  pv3: 0xfd970000,
  rt: 0xffc80000,
  vc0: 0xfe6b0000,
  vc1: 0xfe6f0000,
  vi0: 0xfebd0000,
  vi1: 0xfebe0000,
  vp0: 0xfe990000,
  vp1: 0xfe980000,
} as const

export type Ipmmu = keyof typeof IPMMUS
export const LEAVES = (Object.keys(IPMMUS) as Ipmmu[]).filter(name => name !== 'mm')

export const CONTEXTS = 16
export const UTLBS = 48

/** Registers of one context, by their offset (ipmmu-vmsa.c). */
export const CONTEXT = {
  IMCTR: 0x00,
  IMTTBCR: 0x08,
  IMTTLBR0: 0x10,
  IMTTUBR0: 0x14,
  IMSTR: 0x20,
  IMMAIR0: 0x28,
  IMELAR: 0x30,
  IMEUAR: 0x34,
} as const

/** Bits of IMCTR and of IMUCTR. */
export const MMUEN = 1
export const FLUSH = 2
export const INTEN = 4

/** A context's register: contexts 8 to 15 lie behind a gap (ipmmu_ctx_reg()). */
export function contextRegister(mmu: Ipmmu, context: number, register: keyof typeof CONTEXT): number {
  const bank = context < 8 ? context * 0x40 : 0x800 + (context - 8) * 0x40
  return IPMMUS[mmu] + bank + CONTEXT[register]
}

/** A micro-TLB's control register; IMUASID is 8 bytes behind it (IMUCTR(), IMUASID()). */
export function utlbRegister(mmu: Ipmmu, utlb: number, register: 'IMUCTR' | 'IMUASID' = 'IMUCTR'): number {
  const bank = utlb < 32 ? 0x300 + utlb * 0x10 : 0x600 + (utlb - 32) * 0x10
  return IPMMUS[mmu] + bank + (register === 'IMUCTR' ? 0 : 8)
}

export const SPI = { sata: 105, ipmmu: 196 } as const

/** Whether an SPI is pending at the GIC: for one of level, its level (GICD_ISPENDR; SPIs are INTID 32 and on). */
export async function isRaised(qtest: Qtest, spi: number): Promise<boolean> {
  const intid = spi + 32
  return (((await qtest.readl(0xf1010200 + 4 * (intid >> 5))) >>> (intid & 31)) & 1) === 1
}

/** RAM of `-m 4G`: four banks of 1 GiB (salvator-xs.dts). */
export const BANKS = [0x4000_0000n, 0x5_0000_0000n, 0x6_0000_0000n, 0x7_0000_0000n]
export const BANK_BYTES = 1n << 30n

export function isRam(address: bigint, length = 1n): boolean {
  return BANKS.some(bank => address >= bank && address + length <= bank + BANK_BYTES)
}

/** A device tree that says no more than which micro-TLB each master is behind: the machine wires them by that. */
export function treeBehind(mmu: Ipmmu, utlb: number, folder: string): string {
  const file = join(folder, `behind-${mmu}-${utlb}.dtb`)
  const masters = [
    { node: 'sata@ee300000', compatible: 'renesas,sata-r8a7795', base: 'ee300000', size: '0x200000' },
    { node: 'dmaprobe@ea100000', compatible: 'dmaspec,dmaprobe', base: 'ea100000', size: '0x1000' },
  ].map(
    ({ node, compatible, base, size }) =>
      `${node} { compatible = "${compatible}"; reg = <0 0x${base} 0 ${size}>; iommus = <&mmu ${utlb}>; };`,
  )
  const source = `/dts-v1/;
/ {
	#address-cells = <2>;
	#size-cells = <2>;
	memory@48000000 { device_type = "memory"; reg = <0 0x48000000 0 0x38000000>; };
	soc {
		#address-cells = <2>;
		#size-cells = <2>;
		mmu: iommu@0 { reg = <0 0x${IPMMUS[mmu].toString(16)} 0 0x1000>; #iommu-cells = <1>; };
		${masters.join('\n\t\t')}
	};
};
`
  writeFileSync(file, execFileSync('dtc', ['-q', '-I', 'dts', '-O', 'dtb', '-'], { input: source }))
  return file
}
