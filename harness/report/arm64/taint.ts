import type { Taint } from '../report.ts'

/**
 * kernel/panic.c, taint_flags, by bit: the order of the columns. X since 4.15, T 4.17, N 6.0, J 6.15 or so; the table
 * is called tnts before 4.10. Meanings: Documentation/admin-guide/tainted-kernels.rst.
 */
const FLAGS: readonly { letter: string; name: string; meaning: string }[] = [
  { letter: 'P', name: 'PROPRIETARY_MODULE', meaning: 'a proprietary module was loaded' },
  { letter: 'F', name: 'FORCED_MODULE', meaning: 'a module was loaded by force' },
  {
    letter: 'S',
    name: 'CPU_OUT_OF_SPEC',
    meaning: 'the machine is out of specification, or its CPUs do not match',
  },
  { letter: 'R', name: 'FORCED_RMMOD', meaning: 'a module was unloaded by force' },
  {
    letter: 'M',
    name: 'MACHINE_CHECK',
    meaning: 'the processor reported an error of the machine (MCE, SError)',
  },
  {
    letter: 'B',
    name: 'BAD_PAGE',
    meaning: 'a bad page, or memory that a check found corrupted (KASAN, slab)',
  },
  { letter: 'U', name: 'USER', meaning: 'a process asked for the taint' },
  { letter: 'D', name: 'DIE', meaning: 'the kernel died before: an oops or a BUG' },
  { letter: 'A', name: 'OVERRIDDEN_ACPI_TABLE', meaning: 'an ACPI table was overridden' },
  { letter: 'W', name: 'WARN', meaning: 'the kernel warned before' },
  { letter: 'C', name: 'CRAP', meaning: 'a staging driver was loaded' },
  { letter: 'I', name: 'FIRMWARE_WORKAROUND', meaning: 'a bug of the firmware is worked around' },
  { letter: 'O', name: 'OOT_MODULE', meaning: 'a module from outside the kernel tree was loaded' },
  { letter: 'E', name: 'UNSIGNED_MODULE', meaning: 'an unsigned module was loaded' },
  { letter: 'L', name: 'SOFTLOCKUP', meaning: 'a soft lockup occurred before' },
  { letter: 'K', name: 'LIVEPATCH', meaning: 'the kernel was patched while it ran' },
  { letter: 'X', name: 'AUX', meaning: "the distribution's own taint" },
  { letter: 'T', name: 'RANDSTRUCT', meaning: 'the layout of structures is randomised' },
  { letter: 'N', name: 'TEST', meaning: 'an in-kernel test was run' },
  { letter: 'J', name: 'FWCTL', meaning: 'a process changed a device by fwctl' },
]
/** Printed in P's column if it is not set. */
const FREE: Taint = { letter: 'G', meaning: 'all modules are under the GPL, or the like' }

/** More letters there are not, so more is not looked at. */
const MOST_CHARACTERS = 256

/**
 * What follows `Tainted: `: the columns of a CPU line and then the kernel's release, `G        W  O      6.1.0 #1`; or
 * the line of its own that kernels print since 6.12, `[W]=WARN, [O]=OOT_MODULE`.
 *
 * `tainted` has the letters as printed, with one space for any number of blank columns: `G W O`, `G WC`.
 */
export function readTaints(text: string): { tainted: string; taints: Taint[] } {
  const start = text.slice(0, MOST_CHARACTERS).trimStart()
  if (start.startsWith('[')) return readNames(start)
  const words = readWords(start)
  return { tainted: words.join(' '), taints: [...words.join('')].map(explain) }
}

/**
 * print_tainted(): a column a flag, blank where it is not set, then the release. Blanks are not counted: mail clients eat
 * them. Letters come in the order of the columns, so that a release of capitals is hardly taken for them.
 */
function readWords(text: string): string[] {
  const words: string[] = []
  // P or G is always there.
  if (!isFlag(text.charAt(0), 0)) return words
  let column = -1
  for (const word of split(text)) {
    const columns = [...word].map(letter => FLAGS.findIndex((_, at) => isFlag(letter, at)))
    for (const next of columns) {
      if (next <= column) return words
      column = next
    }
    words.push(word)
  }
  return words
}

const split = (text: string) => text.split(' ', MOST_CHARACTERS).filter(word => word !== '')

function isFlag(letter: string, column: number): boolean {
  return letter === FLAGS[column]?.letter || (column === 0 && letter === FREE.letter)
}

function explain(letter: string): Taint {
  if (letter === FREE.letter) return FREE
  return { letter, meaning: FLAGS.find(flag => flag.letter === letter)?.meaning ?? letter }
}

/** print_tainted_verbose(): `[W]=WARN, [O]=OOT_MODULE`; a letter that is not known has its own name. */
function readNames(text: string): { tainted: string; taints: Taint[] } {
  const taints: Taint[] = []
  for (const part of text.split(', ', MOST_CHARACTERS)) {
    const found = /^\[([A-Z])\]=([A-Z_]{1,40})/.exec(part)
    if (!found) break
    const [, letter = '', name = ''] = found
    taints.push({ letter, meaning: FLAGS.find(flag => flag.name === name)?.meaning ?? name })
  }
  return { tainted: taints.map(({ letter }) => letter).join(' '), taints }
}
