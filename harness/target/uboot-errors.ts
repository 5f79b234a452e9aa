/**
 * What U-Boot prints when it could not do what it was told; from its sources, by file. A line that says so ends the
 * boot at once, for what follows would be about nothing.
 */
export interface UbootError {
  pattern: RegExp
  /** What it means, or what to do. */
  hint: string
}

export const ubootErrors: readonly UbootError[] = [
  // net/tftp.c
  {
    pattern: /^\s*TFTP error: /,
    hint: 'is boot.uboot.tftp the folder that the server serves, and tftpPrefix how it calls it?',
  },
  { pattern: /^\s*TFTP server died; starting again/, hint: "is the TFTP server at U-Boot's serverip up?" },
  // net/net.c, net/arp.c
  {
    pattern: /Retry (count|time) exceeded; starting again/,
    hint: 'does the server answer, is the cable in?',
  },
  { pattern: /^\s*\*\*\* ERROR: `(serverip|ipaddr)' not set/, hint: 'set it in boot.uboot.commands' },
  { pattern: /^\s*No ethernet found\./, hint: 'U-Boot has no network of its own' },
  // net/tftp.c, lib/lmb.c
  { pattern: /trying to overwrite reserved memory/, hint: 'load it to another address' },
  // arch/arm/lib/image.c, cmd/booti.c
  { pattern: /Bad Linux ARM64 Image magic!/, hint: 'booti got an address where no Image is' },
  // boot/image-fdt.c, boot/bootm.c
  {
    pattern: /ERROR: Did not find a cmdline Flattened Device Tree/,
    hint: 'booti got an address where no device tree is',
  },
  {
    pattern: /FDT and ATAGS support not compiled in/,
    hint: 'U-Boot found no device tree to give the kernel',
  },
  {
    pattern: /^\s*(Wrong|Bad) Image (Format|Type) for /,
    hint: 'this command boots other images: booti boots ours',
  },
  {
    pattern: /Ramdisk image is corrupt or invalid/,
    hint: 'write the initramfs as {its address}:{initrdSize}',
  },
  { pattern: /^\s*ERROR: .*failed!?$|^\s*ERROR: new format image overwritten/, hint: 'addresses overlap' },
  // common/cli_hush.c, common/command.c
  { pattern: /^\s*Unknown command '/, hint: 'this U-Boot has no such command' },
  { pattern: /^\s*## Error: /, hint: 'U-Boot says what is wrong' },
  // arch/arm/lib/interrupts_64.c, lib/hang.c
  { pattern: /^\s*"(Synchronous Abort|Error)" handler/, hint: 'U-Boot itself crashed' },
  { pattern: /### ERROR ### Please RESET the board ###/, hint: 'U-Boot hung itself up' },
]

/** The error that a line is, if it is one. */
export function ubootError(line: string, more: readonly RegExp[] = []): string | null {
  const known = ubootErrors.find(({ pattern }) => pattern.test(line))
  if (known) return `U-Boot says '${line.trim()}': ${known.hint}`
  return more.some(pattern => pattern.test(line)) ? `U-Boot says '${line.trim()}'` : null
}

/** The first line of a boot loader: it came again, so the board was reset. */
export function isBootLoader(line: string): boolean {
  // include/version.h of U-Boot; Trusted Firmware's BL2 of R-Car (plat/renesas/common/bl2_plat_setup.c)
  return /^\s*U-Boot (SPL |TPL )?20\d\d\.\d\d/.test(line) || /NOTICE: {2}BL2: R-Car/.test(line)
}

/** So many first lines may one start have: SPL, the firmware's parts, U-Boot. */
export const MOST_LOADERS = 5
