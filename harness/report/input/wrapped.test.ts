import t from 'tap'
import { joined } from './wrapped.ts'

/** Messages where mail programs broke them: each `⏎` is a break. */
const breaks = [
  'Unable to handle kernel NULL pointer dereference at virtual⏎address 0000000000000040',
  'Unable to handle kernel NULL pointer dereference at virtual address⏎0000000000000040',
  'CPU: 5 UID: 60578 PID: 2120 Comm: snap-update-ns Not tainted 7.0.0-rc4⏎#22 PREEMPTLAZY',
  'CPU: 2 UID: 0 PID: 46 Comm: kworker/u16:2 Tainted: G        W⏎6.18.0-rc3-arm64-renesas-04934-g585255656363-dirty #3296 PREEMPT',
  'CPU: 2 PID: 51 Comm: kworker/2:1⏎Not tainted 4.20.0-rc1-arm64-renesas-dirty #74',
  'Hardware name: Renesas Salvator-X 2nd version board based on⏎r8a7795 ES2.0+ (DT)',
  'Hardware name: LENOVO 83ED/LNVNB161216, BIOS NHCN60WW⏎09/11/2025',
  'Internal error: Oops: 0000000096000004 [#1]⏎PREEMPT SMP',
  'WARNING: CPU: 5 PID: 38 at kernel/dma/debug.c:1233⏎debug_dma_map_sg+0x298/0x300',
  'WARNING: drivers/gpu/drm/imagination/pvr_cccb.c:178 at⏎pvr_cccb_write+0x2c4/0x330 [powervr], CPU#2: kworker/u16:5/63',
  'WARNING: drivers/gpu/x.c:178 at pvr_cccb_write+0x2c4/0x330 [powervr],⏎CPU#2: kworker/u16:5/63',
  'BUG: KASAN: slab-out-of-bounds in⏎aa_dfa_match+0x1c/0x40',
  'BUG: KASAN: slab-out-of-bounds in aa_dfa_match⏎(security/apparmor/match.c:535)',
  'Read of size 1 at addr ffff0008901cc000 by task⏎snap-update-ns/2120',
  '[0000000000000018] pgd=00000006962a7003, p4d=00000006962a7003,⏎pud=00000006962a8003, pmd=0000000000000000',
  'user pgtable: 4k pages, 48-bit VAs,⏎pgdp=0000000104056000',
  'pstate: 60400005 (nZCv daif +PAN -UAO -TCO -DIT -SSBS⏎BTYPE=--)',
  'x29: ffff800081e23bd0 x28: ffff800080e2d240 x27:⏎ffff0004402d8bc0',
  'pvr_cccb_write_command_with_header+0x2c4/0x330⏎[powervr]',
  '[<ffff000008699d60>]⏎dev_hard_start_xmit+0xa8/0x24c',
  '__arm64_sys_mount (fs/namespace.c:4172 fs/namespace.c:4361⏎fs/namespace.c:4338 fs/namespace.c:4338)',
  'el0_svc_common.constprop.0 (./include/linux/thread_info.h:142⏎(discriminator 2) arch/arm64/kernel/syscall.c:140)',
  'Code: 97fcc110 f9405680 52864a61⏎72a686c1 (b9400800)',
  '---[ end trace⏎4c46c7fd7cd07245 ]---',
  'Kernel panic - not syncing: Attempted to kill init!⏎exitcode=0x0000000b',
  'DMA-API: sata_rcar ee300000.sata: mapping sg segment across boundary⏎[start=0x00000000ffffe000] [end=0x00000000ffffefff]',
  'arm-smmu arm-smmu.1.auto: Unhandled context fault: fsr=0x80000402,⏎iova=0x8010003f6000, fsynr=0x70091, cb=7',
  'ISV = 0, ISS =⏎0x00000004',
]
for (const text of breaks) {
  t.test(text, async t => {
    const [first = '', second = ''] = text.split('⏎')
    t.equal(joined({ text: first, width: first.length }, second), `${first} ${second}`)
    t.equal(
      joined({ text: `    ${first} `, width: first.length }, second),
      `    ${first} ${second}`,
      'indented',
    )
  })
}

t.test('lists go on where the next word did not fit', async t => {
  const first = 'Modules linked in: btusb btrtl btmtk btintel btbcm bluetooth ecdh_generic'
  t.equal(
    joined({ text: first, width: first.length }, 'snd_soc_hdmi_codec cfg80211(O) fuse'),
    `${first} snd_soc_hdmi_codec cfg80211(O) fuse`,
  )
  t.equal(joined({ text: 'Modules linked in:', width: 18 }, 'nothing that is a module'), null)
})

/** What follows a line, and is none of it. */
const apart = [
  'Unable to handle kernel NULL pointer dereference at virtual⏎Mem abort info:',
  'CPU: 2 PID: 51 Comm: kworker/2:1 Not tainted 4.20.0 #74⏎Hardware name: Board (DT)',
  'CPU: 2 PID: 51 Comm: sh Not tainted 4.20.0 #74⏎#1 on the list',
  'Hardware name: Board (DT)⏎and so on (DT)',
  'Internal error: Oops: 96000004 [#1]⏎Modules linked in:',
  'Code: aa0003f3 97ffeb1a d1002274 f85f8261 (f9401c20)⏎deadbeef',
  'x1 : 0000000000000000 x0 : 0000000000000028⏎0000000000000000',
  'ipmmu_domain_free+0x1c/0xa0⏎iommu_group_release+0x48/0x68',
  'path_mount (fs/namespace.c:4101)⏎__arm64_sys_mount (fs/namespace.c:4172)',
  'Call trace:⏎show_stack (arch/arm64/kernel/stacktrace.c:501)',
  '---[ end trace 4c46c7fd7cd07245 ]---⏎4c46c7fd7cd07245 ]---',
  'Modules linked in:⏎...',
  'a line of prose that is as wide as a mail program makes its lines, and⏎another one',
  'Workqueue: events deferred_probe_work_func⏎next',
  '⏎text',
]
for (const text of apart) {
  t.test(`apart: ${text}`, async t => {
    const [first = '', second = ''] = text.split('⏎')
    t.equal(joined({ text: first, width: 70 }, second), null)
  })
}
