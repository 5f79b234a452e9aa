/** The commits of the history that bisection is proved on: on top of a kernel's source, one row a commit. */

/** Lines that a commit appends to a file, and that another one may take away again. */
export interface Change {
  subject: string
  file: string
  /** A fault of images/kernel/<series>/faults that it brings. */
  fault?: string
  append?: { name: string; text: string }
  /** What an earlier commit appended. */
  remove?: string
}

/** How many commits there are on top of the source. */
export const COMMITS = 66

/** Commits that do something, by their number from 1. The others change nothing that a spec could see. */
export const TURNING_POINTS: Readonly<Record<number, Change>> = {
  23: {
    subject: 'of/device: set the bus limit for every device',
    file: 'drivers/of/device.c',
    fault: 'bus-mask-always-set',
  },
  33: appended(
    'of: look twice at a bus',
    'drivers/of/base.c',
    'broken',
    'int of_bus_looked = of_bus_look;\n',
  ),
  36: { subject: 'of: fix the build', file: 'drivers/of/base.c', remove: 'broken' },
  39: appended(
    'lib: wait for entropy',
    'lib/random32.c',
    'hang',
    crash('wait_entropy', 'local_irq_disable();\n\tfor (;;)\n\t\tcpu_relax();'),
  ),
  41: { subject: 'Revert "lib: wait for entropy"', file: 'lib/random32.c', remove: 'hang' },
  42: appended('base: count devices', 'drivers/base/core.c', 'crash', crash('count_devices', 'BUG();')),
  43: { subject: 'Revert "base: count devices"', file: 'drivers/base/core.c', remove: 'crash' },
  44: {
    subject: 'iommu/ipmmu-vmsa: tear every context down',
    file: 'drivers/iommu/ipmmu-vmsa.c',
    fault: 'domain-free-unguarded',
  },
}

/** Files that harmless commits touch in turn: most are compiled, one is a header of many, one is not built at all. */
const HARMLESS = [
  ...['drivers/ata/sata_rcar.c', 'drivers/iommu/io-pgtable-arm.c', 'kernel/dma/swiotlb.c'],
  ...['Documentation/core-api/dma-api.rst', 'drivers/tty/serial/sh-sci.c', 'include/linux/swiotlb.h'],
  ...['lib/string.c', 'drivers/iommu/iommu.c', 'drivers/base/platform.c'],
]

export function changeOf(number: number): Change {
  const turning = TURNING_POINTS[number]
  if (turning) return turning
  const file = HARMLESS[number % HARMLESS.length] ?? ''
  const text = file.endsWith('.rst') ? `\n.. note ${number}\n` : `/* note ${number} */\n`
  return appended(`${file.split('/').at(-1)}: note ${number}`, file, `note ${number}`, text)
}

function appended(subject: string, file: string, name: string, text: string): Change {
  return { subject, file, append: { name, text } }
}

/** Code that runs when all drivers are there. */
function crash(name: string, body: string): string {
  return `\nstatic int __init ${name}(void)\n{\n\t${body}\n\treturn 0;\n}\nlate_initcall(${name});\n`
}
