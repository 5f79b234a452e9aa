/** For tests: a shell script in QEMU's place, and a boot's other images. */
import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Images } from '../cell/argv.ts'

/** What every script is given: $nonce, $disk and $emmc, and an empty device trace. */
const PREAMBLE = `#!/bin/sh
for arg; do
	case $arg in
	salvator-xs,device-trace=*) : >"\${arg#*device-trace=}" ;;
	*dmaspec.nonce=*) nonce=\${arg#*dmaspec.nonce=} nonce=\${nonce%% *} ;;
	if=sd,*file=*) emmc=\${arg##*file=} ;;
	*file=*) disk=\${arg##*file=} ;;
	esac
done
`

/** Images whose emulator is this script. */
export function fakeImages(folder: string, script: string): Images {
  const binary = join(folder, 'qemu')
  const dtb = join(folder, 'base.dtb')
  writeFileSync(binary, `${PREAMBLE}${script}\n`)
  chmodSync(binary, 0o755)
  execFileSync('dtc', ['-@', '-I', 'dts', '-O', 'dtb', '-o', dtb, '-'], { input: '/dts-v1/; / { };' })
  return {
    qemu: { binary, version: 'fake' },
    kernel: {
      image: '/dev/null',
      dtb,
      vmlinux: '',
      config: '',
      version: 'fake',
      sha256: '',
      notObserved: [],
    },
    initramfs: { cpio: '/dev/null' },
  }
}

/** Script lines that print these lines. */
export function printing(lines: readonly string[]): string {
  return `cat <<'EOF'\n${lines.join('\n')}\nEOF`
}

/** True as long as the process is there (a zombie is not). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s*Z/m.test(execFileSync('cat', [`/proc/${pid}/status`]).toString())
  } catch {
    return false
  }
}
