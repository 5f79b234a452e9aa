/**
 * The names of system registers, by encoding: `op0 op1 CRn CRm: name…`, the n-th name is op2 = n. Arm ARM C5.3 and D24;
 * arch/arm64/tools/sysreg for those since 2021. `a/b`: a is written, b is read.
 */
const NAMES = `
  2 0 0 0: - - osdtrrx_el1
  2 0 0 2: mdccint_el1 - mdscr_el1
  2 0 0 3: - - osdtrtx_el1
  2 0 0 4: - - mdselr_el1
  2 0 0 5: - - mdstepop_el1
  2 0 0 6: - - oseccr_el1
  2 0 1 0: mdrar_el1 - - - oslar_el1
  2 0 1 1: - - - - oslsr_el1
  2 0 1 3: - - - - osdlr_el1
  2 0 1 4: - - - - dbgprcr_el1
  2 0 7 8: - - - - - - dbgclaimset_el1
  2 0 7 9: - - - - - - dbgclaimclr_el1
  2 0 7 14: - - - - - - dbgauthstatus_el1
  2 0 14 11: - - - - - - - pmccntsvr_el1
  2 0 14 12: pmicntsvr_el1
  2 3 0 1: mdccsr_el0
  2 3 0 4: dbgdtr_el0
  2 3 0 5: dbgdtrtx_el0/dbgdtrrx_el0
  2 4 0 7: dbgvcr32_el2
  3 0 0 0: midr_el1 - - - mpuir_el1 mpidr_el1 revidr_el1
  3 0 0 1: id_pfr0_el1 id_pfr1_el1 id_dfr0_el1 id_afr0_el1 id_mmfr0_el1 id_mmfr1_el1 id_mmfr2_el1 id_mmfr3_el1
  3 0 0 2: id_isar0_el1 id_isar1_el1 id_isar2_el1 id_isar3_el1 id_isar4_el1 id_isar5_el1 id_mmfr4_el1 id_isar6_el1
  3 0 0 3: mvfr0_el1 mvfr1_el1 mvfr2_el1 - id_pfr2_el1 id_dfr1_el1 id_mmfr5_el1
  3 0 0 4: id_aa64pfr0_el1 id_aa64pfr1_el1 id_aa64pfr2_el1 - id_aa64zfr0_el1 id_aa64smfr0_el1 - id_aa64fpfr0_el1
  3 0 0 5: id_aa64dfr0_el1 id_aa64dfr1_el1 id_aa64dfr2_el1 - id_aa64afr0_el1 id_aa64afr1_el1
  3 0 0 6: id_aa64isar0_el1 id_aa64isar1_el1 id_aa64isar2_el1 id_aa64isar3_el1
  3 0 0 7: id_aa64mmfr0_el1 id_aa64mmfr1_el1 id_aa64mmfr2_el1 id_aa64mmfr3_el1 id_aa64mmfr4_el1
  3 0 1 0: sctlr_el1 actlr_el1 cpacr_el1 sctlr2_el1 - rgsr_el1 gcr_el1
  3 0 1 2: zcr_el1 trfcr_el1 - - smpri_el1 - smcr_el1
  3 0 1 4: sctlrmask_el1 actlrmask_el1 cpacrmask_el1 sctlr2mask_el1 cpacralias_el1 actlralias_el1 sctlralias_el1 sctlr2alias_el1
  3 0 2 0: ttbr0_el1 ttbr1_el1 tcr_el1 tcr2_el1
  3 0 2 1: apiakeylo_el1 apiakeyhi_el1 apibkeylo_el1 apibkeyhi_el1
  3 0 2 2: apdakeylo_el1 apdakeyhi_el1 apdbkeylo_el1 apdbkeyhi_el1
  3 0 2 3: apgakeylo_el1 apgakeyhi_el1
  3 0 2 5: gcscr_el1 gcspr_el1 gcscre0_el1
  3 0 2 7: - - tcrmask_el1 tcr2mask_el1 - - tcralias_el1 tcr2alias_el1
  3 0 4 0: spsr_el1 elr_el1
  3 0 4 1: sp_el0
  3 0 4 2: spsel - currentel pan uao
  3 0 4 3: allint
  3 0 4 6: icc_pmr_el1
  3 0 5 1: afsr0_el1 afsr1_el1
  3 0 5 2: esr_el1
  3 0 5 3: erridr_el1 errselr_el1 erxgsr_el1
  3 0 5 4: erxfr_el1 erxctlr_el1 erxstatus_el1 erxaddr_el1 erxpfgf_el1 erxpfgctl_el1 erxpfgcdn_el1
  3 0 5 5: erxmisc0_el1 erxmisc1_el1 erxmisc2_el1 erxmisc3_el1
  3 0 5 6: tfsr_el1 tfsre0_el1
  3 0 6 0: far_el1 - - - - pfar_el1
  3 0 7 4: par_el1
  3 0 9 9: pmscr_el1 pmsnevfr_el1 pmsicr_el1 pmsirr_el1 pmsfcr_el1 pmsevfr_el1 pmslatfr_el1 pmsidr_el1
  3 0 9 10: pmblimitr_el1 pmbptr_el1 - pmbsr_el1 pmsdsfr_el1 pmbmar_el1 - pmbidr_el1
  3 0 9 11: trblimitr_el1 trbptr_el1 trbbaser_el1 trbsr_el1 trbmar_el1 trbmpam_el1 trbtrg_el1 trbidr_el1
  3 0 9 13: - - - pmsscr_el1
  3 0 9 14: - pmintenset_el1 pmintenclr_el1 - pmuacr_el1 pmecr_el1 pmmir_el1 pmiar_el1
  3 0 10 2: mair_el1 mair2_el1 pire0_el1 pir_el1 por_el1 s2por_el1
  3 0 10 3: amair_el1 amair2_el1
  3 0 10 4: lorsa_el1 lorea_el1 lorn_el1 lorc_el1 mpamidr_el1 - - lorid_el1
  3 0 10 5: mpam1_el1 mpam0_el1 - mpamsm_el1
  3 0 12 0: vbar_el1 rvbar_el1 rmr_el1
  3 0 12 1: isr_el1 disr_el1
  3 0 12 8: icc_iar0_el1 icc_eoir0_el1 icc_hppir0_el1 icc_bpr0_el1 icc_ap0r0_el1 icc_ap0r1_el1 icc_ap0r2_el1 icc_ap0r3_el1
  3 0 12 9: icc_ap1r0_el1 icc_ap1r1_el1 icc_ap1r2_el1 icc_ap1r3_el1 - icc_nmiar1_el1
  3 0 12 10: - - icc_idr0_el1 icc_hppir_el1 icc_icsr_el1 icc_iaffidr_el1
  3 0 12 11: - icc_dir_el1 - icc_rpr_el1 - icc_sgi1r_el1 icc_asgi1r_el1 icc_sgi0r_el1
  3 0 12 12: icc_iar1_el1 icc_eoir1_el1 icc_hppir1_el1 icc_bpr1_el1 icc_ctlr_el1 icc_sre_el1 icc_igrpen0_el1 icc_igrpen1_el1
  3 0 13 0: - contextidr_el1 - rcwsmask_el1 tpidr_el1 accdata_el1 rcwmask_el1 scxtnum_el1
  3 0 14 1: cntkctl_el1
  3 1 0 0: ccsidr_el1 clidr_el1 ccsidr2_el1 - gmid_el1 - smidr_el1 aidr_el1
  3 1 12 0: icc_apr_el1 icc_cr0_el1 icc_pcr_el1
  3 2 0 0: csselr_el1
  3 3 0 0: - ctr_el0 - - - - - dczid_el0
  3 3 2 4: rndr rndrrs
  3 3 2 5: - gcspr_el0
  3 3 4 2: nzcv daif svcr - - dit ssbs tco
  3 3 4 4: fpcr fpsr fpmr
  3 3 4 5: dspsr_el0 dlr_el0
  3 3 9 4: pmicntr_el0
  3 3 9 6: pmicfiltr_el0
  3 3 9 12: pmcr_el0 pmcntenset_el0 pmcntenclr_el0 pmovsclr_el0 pmswinc_el0 pmselr_el0 pmceid0_el0 pmceid1_el0
  3 3 9 13: pmccntr_el0 pmxevtyper_el0 pmxevcntr_el0 - pmzr_el0
  3 3 9 14: pmuserenr_el0 - - pmovsset_el0
  3 3 10 2: - - - - por_el0
  3 3 13 0: - - tpidr_el0 tpidrro_el0 - tpidr2_el0 - scxtnum_el0
  3 3 13 2: amcr_el0 amcfgr_el0 amcgcr_el0 amuserenr_el0 amcntenclr0_el0 amcntenset0_el0 amcg1idr_el0
  3 3 13 3: amcntenclr1_el0 amcntenset1_el0
  3 3 14 0: cntfrq_el0 cntpct_el0 cntvct_el0 - - cntpctss_el0 cntvctss_el0
  3 3 14 2: cntp_tval_el0 cntp_ctl_el0 cntp_cval_el0
  3 3 14 3: cntv_tval_el0 cntv_ctl_el0 cntv_cval_el0
  3 3 14 15: - - - - - - - pmccfiltr_el0
  3 4 0 0: vpidr_el2 - - - mpuir_el2 vmpidr_el2
  3 4 1 0: sctlr_el2 actlr_el2
  3 4 1 1: hcr_el2 mdcr_el2 cptr_el2 hstr_el2 hfgrtr_el2 hfgwtr_el2 hfgitr_el2 hacr_el2
  3 4 1 2: zcr_el2 trfcr_el2 hcrx_el2 - - smprimap_el2 smcr_el2
  3 4 1 3: - sder32_el2
  3 4 1 5: nvhcr_el2
  3 4 2 0: ttbr0_el2 ttbr1_el2 tcr_el2 tcr2_el2
  3 4 2 1: vttbr_el2 - vtcr_el2
  3 4 2 2: vncr_el2
  3 4 2 3: - - hdbssbr_el2 hdbssprod_el2
  3 4 2 5: gcscr_el2 gcspr_el2
  3 4 2 6: vsttbr_el2 - vstcr_el2
  3 4 3 0: dacr32_el2
  3 4 3 1: hdfgrtr2_el2 hdfgwtr2_el2 hfgrtr2_el2 hfgwtr2_el2 hdfgrtr_el2 hdfgwtr_el2 hafgrtr_el2 hfgitr2_el2
  3 4 4 0: spsr_el2 elr_el2
  3 4 4 1: sp_el1
  3 4 4 3: spsr_irq spsr_abt spsr_und spsr_fiq
  3 4 5 0: - ifsr32_el2
  3 4 5 1: afsr0_el2 afsr1_el2
  3 4 5 2: esr_el2 - - vsesr_el2
  3 4 5 3: fpexc32_el2
  3 4 5 6: tfsr_el2
  3 4 6 0: far_el2 - - - hpfar_el2
  3 4 9 9: pmscr_el2
  3 4 10 1: - mair2_el2
  3 4 10 2: mair_el2 - pire0_el2 pir_el2 por_el2 s2pir_el2
  3 4 10 3: amair_el2 amair2_el2
  3 4 10 4: mpamhcr_el2 mpamvpmv_el2
  3 4 10 5: mpam2_el2
  3 4 10 6: mpamvpm0_el2 mpamvpm1_el2 mpamvpm2_el2 mpamvpm3_el2 mpamvpm4_el2 mpamvpm5_el2 mpamvpm6_el2 mpamvpm7_el2
  3 4 12 0: vbar_el2 rvbar_el2 rmr_el2
  3 4 12 1: - vdisr_el2
  3 4 12 8: ich_ap0r0_el2 ich_ap0r1_el2 ich_ap0r2_el2 ich_ap0r3_el2 ich_apr_el2
  3 4 12 9: ich_ap1r0_el2 ich_ap1r1_el2 ich_ap1r2_el2 ich_ap1r3_el2 ich_hfgrtr_el2 icc_sre_el2 ich_hfgwtr_el2 ich_hfgitr_el2
  3 4 12 11: ich_hcr_el2 ich_vtr_el2 ich_misr_el2 ich_eisr_el2 ich_vctlr_el2 ich_elrsr_el2 ich_contextr_el2 ich_vmcr_el2
  3 4 13 0: - contextidr_el2 tpidr_el2 - - - - scxtnum_el2
  3 4 14 0: - - - cntvoff_el2 - - cntpoff_el2
  3 4 14 1: cnthctl_el2
  3 4 14 2: cnthp_tval_el2 cnthp_ctl_el2 cnthp_cval_el2
  3 4 14 3: cnthv_tval_el2 cnthv_ctl_el2 cnthv_cval_el2
  3 4 14 4: cnthvs_tval_el2 cnthvs_ctl_el2 cnthvs_cval_el2
  3 4 14 5: cnthps_tval_el2 cnthps_ctl_el2 cnthps_cval_el2
  3 5 1 0: sctlr_el12 actlr_el12 cpacr_el12 sctlr2_el12
  3 5 1 2: zcr_el12 trfcr_el12 - - - - smcr_el12
  3 5 1 4: sctlrmask_el12 actlrmask_el12 cpacrmask_el12 sctlr2mask_el12
  3 5 2 0: ttbr0_el12 ttbr1_el12 tcr_el12 tcr2_el12
  3 5 2 5: gcscr_el12 gcspr_el12
  3 5 2 7: - - tcrmask_el12 tcr2mask_el12
  3 5 4 0: spsr_el12 elr_el12
  3 5 5 1: afsr0_el12 afsr1_el12
  3 5 5 2: esr_el12
  3 5 5 6: tfsr_el12
  3 5 6 0: far_el12 - - - - pfar_el12
  3 5 9 9: pmscr_el12
  3 5 10 2: mair_el12 - pire0_el12 pir_el12 por_el12
  3 5 10 3: amair_el12
  3 5 10 5: mpam1_el12
  3 5 12 0: vbar_el12
  3 5 13 0: - contextidr_el12 - - - - - scxtnum_el12
  3 5 14 1: cntkctl_el12
  3 5 14 2: cntp_tval_el02 cntp_ctl_el02 cntp_cval_el02
  3 5 14 3: cntv_tval_el02 cntv_ctl_el02 cntv_cval_el02
  3 6 1 0: sctlr_el3 actlr_el3
  3 6 1 1: scr_el3 sder32_el3 cptr_el3
  3 6 1 2: zcr_el3 - - - - - smcr_el3
  3 6 1 3: - mdcr_el3
  3 6 2 0: ttbr0_el3 - tcr_el3
  3 6 2 1: - - - - gptbr_el3 - gpccr_el3
  3 6 4 0: spsr_el3 elr_el3
  3 6 4 1: sp_el2
  3 6 5 1: afsr0_el3 afsr1_el3
  3 6 5 2: esr_el3
  3 6 5 6: tfsr_el3
  3 6 6 0: far_el3 - - - - mfar_el3
  3 6 10 2: mair_el3
  3 6 10 3: amair_el3
  3 6 10 5: mpam3_el3
  3 6 12 0: vbar_el3 rvbar_el3 rmr_el3
  3 6 12 12: - - - - icc_ctlr_el3 icc_sre_el3 - icc_igrpen1_el3
  3 6 13 0: - - tpidr_el3 - - - - scxtnum_el3
  3 7 14 2: cntps_tval_el1 cntps_ctl_el1 cntps_cval_el1
`

/** Registers of which there are many: the number of the first one, its stride, and how the number is made. */
const NUMBERED: readonly { key: number; mask: number; name: (crm: number, op2: number) => string }[] = [
  { key: key(2, 0, 0, 0, 4), mask: 0xff87, name: crm => `dbgbvr${crm}_el1` },
  { key: key(2, 0, 0, 0, 5), mask: 0xff87, name: crm => `dbgbcr${crm}_el1` },
  { key: key(2, 0, 0, 0, 6), mask: 0xff87, name: crm => `dbgwvr${crm}_el1` },
  { key: key(2, 0, 0, 0, 7), mask: 0xff87, name: crm => `dbgwcr${crm}_el1` },
  { key: key(3, 3, 14, 8, 0), mask: 0xffe0, name: (crm, op2) => `pmevcntr${(crm & 3) * 8 + op2}_el0` },
  { key: key(3, 3, 14, 12, 0), mask: 0xffe0, name: (crm, op2) => `pmevtyper${(crm & 3) * 8 + op2}_el0` },
  { key: key(3, 3, 13, 4, 0), mask: 0xfff0, name: (crm, op2) => `amevcntr0${(crm & 1) * 8 + op2}_el0` },
  { key: key(3, 3, 13, 6, 0), mask: 0xfff0, name: (crm, op2) => `amevtyper0${(crm & 1) * 8 + op2}_el0` },
  { key: key(3, 3, 13, 12, 0), mask: 0xfff0, name: (crm, op2) => `amevcntr1${(crm & 1) * 8 + op2}_el0` },
  { key: key(3, 3, 13, 14, 0), mask: 0xfff0, name: (crm, op2) => `amevtyper1${(crm & 1) * 8 + op2}_el0` },
  { key: key(3, 4, 12, 12, 0), mask: 0xfff0, name: (crm, op2) => `ich_lr${(crm & 1) * 8 + op2}_el2` },
]

/** As in mrs and msr: op0 to op2 in 16 bits. */
function key(op0: number, op1: number, crn: number, crm: number, op2: number): number {
  return (op0 << 14) | (op1 << 11) | (crn << 7) | (crm << 3) | op2
}

const BY_KEY = new Map<number, string>()
for (const line of NAMES.trim().split('\n')) {
  const [encoding = '', names = ''] = line.trim().split(': ')
  const [op0 = 0, op1 = 0, crn = 0, crm = 0] = encoding.split(' ').map(Number)
  for (const [op2, name] of names.split(' ').entries()) {
    if (name !== '-') BY_KEY.set(key(op0, op1, crn, crm, op2), name)
  }
}

/** `sctlr_el1`, or `s3_0_c15_c2_0` for one that has no name. `encoding` is bits 20:5 of mrs and msr. */
export function systemRegister(encoding: number, read: boolean): string {
  const named = BY_KEY.get(encoding)
  if (named !== undefined) {
    const slash = named.indexOf('/')
    if (slash === -1) return named
    return read ? named.slice(slash + 1) : named.slice(0, slash)
  }
  const [crm, op2] = [(encoding >> 3) & 15, encoding & 7]
  const numbered = NUMBERED.find(({ key, mask }) => (encoding & mask) === key)
  if (numbered) return numbered.name(crm, op2)
  return `s${encoding >> 14}_${(encoding >> 11) & 7}_c${(encoding >> 7) & 15}_c${crm}_${op2}`
}
