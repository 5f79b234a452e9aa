/** Where the MMU-500 and the dmaprobe behind it are, and their registers, as smmuv2.c's sources name them. */
export const SMMU = 0xea20_0000
export const PROBE = 0xea16_0000

/** The stream that the dmaprobe's accesses carry. */
export const STREAM = 0x10
export const CONTEXTS = 16
export const GROUPS = 48

const PAGE = 0x1000

/** The first global page. */
export const GR0 = {
  sCR0: SMMU,
  sACR: SMMU + 0x10,
  ID0: SMMU + 0x20,
  ID1: SMMU + 0x24,
  ID2: SMMU + 0x28,
  ID3: SMMU + 0x2c,
  ID7: SMMU + 0x3c,
  sGFAR: SMMU + 0x40,
  sGFSR: SMMU + 0x48,
  sGFSRRESTORE: SMMU + 0x4c,
  sGFSYNR0: SMMU + 0x50,
  sGFSYNR1: SMMU + 0x54,
  TLBIVMID: SMMU + 0x64,
  TLBIALLNSNH: SMMU + 0x68,
  sTLBGSYNC: SMMU + 0x70,
  sTLBGSTATUS: SMMU + 0x74,
  SMR: (group: number) => SMMU + 0x800 + 4 * group,
  S2CR: (group: number) => SMMU + 0xc00 + 4 * group,
} as const

/** The second global page, by context bank. */
export const GR1 = {
  CBAR: (bank: number) => SMMU + PAGE + 4 * bank,
  CBFRSYNRA: (bank: number) => SMMU + PAGE + 0x400 + 4 * bank,
  CBA2R: (bank: number) => SMMU + PAGE + 0x800 + 4 * bank,
} as const

/** A register of a context bank: the banks are the upper half of the region. */
export function cb(bank: number, register: keyof typeof CB): number {
  return SMMU + (16 + bank) * PAGE + CB[register]
}

const CB = {
  SCTLR: 0x000,
  ACTLR: 0x004,
  RESUME: 0x008,
  TCR2: 0x010,
  TTBR0: 0x020,
  TTBR1: 0x028,
  TCR: 0x030,
  CONTEXTIDR: 0x034,
  MAIR0: 0x038,
  MAIR1: 0x03c,
  FSR: 0x058,
  FSRRESTORE: 0x05c,
  FAR: 0x060,
  FSYNR0: 0x068,
  FSYNR1: 0x06c,
  TLBIVA: 0x600,
  TLBIVAA: 0x608,
  TLBIASID: 0x610,
  TLBIALL: 0x618,
  TLBIVAL: 0x620,
  TLBIVAAL: 0x628,
  TLBIIPAS2: 0x630,
  TLBIIPAS2L: 0x638,
  TLBSYNC: 0x7f0,
  TLBSTATUS: 0x7f4,
} as const

export const CLIENTPD = 1 << 0
export const GFIE = 1 << 2
export const USFCFG = 1 << 10

export const SMR_VALID = 1 << 31
/** S2CR.TYPE */
export const TRANSLATE = 0
export const BYPASS = 1 << 16
export const FAULT = 2 << 16
/** S2CR.PRIVCFG */
export const PRIVILEGED = 3 << 24

/** SCTLR as the driver writes it: ASIDPNE, CFIE, CFRE, AFE, TRE, M. */
export const SCTLR_ON = 0x1067
export const HUPCF = 1 << 8

/** Bits of FSR; FORMAT says AArch64 in all that this model latches. */
export const FSR = {
  TF: 1 << 1,
  AFF: 1 << 2,
  PF: 1 << 3,
  EF: 1 << 4,
  ASF: 1 << 7,
  AARCH64: 2 << 9,
  MULTI: 0x8000_0000,
} as const

export const GFSR = { ICF: 1, USF: 2, SMCF: 4, UCBF: 8, MULTI: 0x8000_0000 } as const

/** Bits of FSYNR0. */
export const WNR = 1 << 4
export const PNU = 1 << 5
export const PTWF = 1 << 10
