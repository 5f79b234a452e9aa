/** A kernel tree of a few files that the real make builds in no time: for tests. */
const makefile = `# SPDX-License-Identifier: GPL-2.0
VERSION = 6
PATCHLEVEL = 5
SUBLEVEL = 0
EXTRAVERSION = -rc1

out := $(O)
allnoconfig:
	mkdir -p $(out)
	grep -v -e NOT_HERE -e HIGH_RES -e =n $(KCONFIG_ALLCONFIG) | sed -n 's/ *$$//; s/^CONFIG_/&/p' >$(out)/.config
Image:
	mkdir -p $(out)/arch/arm64/boot
	test ! -e $(CURDIR)/drivers/misc/dmaprobe.c || $(MAKE) -f $(CURDIR)/Makefile drivers/misc/dmaprobe.o
	cat $(CURDIR)/drivers/iommu/io-pgtable-arm.c >$(out)/arch/arm64/boot/Image
	echo '  LD      vmlinux'
	echo built >>$(out)/builds
	touch $(out)/vmlinux $(out)/System.map
drivers/misc/%.o:
	test ! -e $(CURDIR)/drivers/misc/too-old || { echo "$*.c:7:1: error: too old"; exit 1; }
%.dtb:
	mkdir -p $(out)/arch/arm64/boot/dts/renesas
	echo dtb >$(out)/arch/arm64/boot/dts/$@
.PHONY: allnoconfig Image
`

/** For t.testdir(); with the file that observe.patch is about as given. */
export function fakeTree(driver = 'one\n') {
  return {
    Makefile: makefile,
    Kconfig: '',
    arch: { arm64: { Kconfig: '', boot: { dts: { renesas: { 'r8a77951-salvator-xs.dts': '' } } } } },
    drivers: { iommu: { 'io-pgtable-arm.c': driver, 'ipmmu-vmsa.c': 'driver\n' } },
  }
}
