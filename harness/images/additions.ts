import { appendFileSync, cpSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { NotObserved } from '../types.ts'
import { projectRoot } from '../project.ts'

/** A source file of ours that kernels are built with: no patch, as it goes where every version has room for it. */
export interface Addition {
  /** What a kernel without it can't be asked for. */
  fact: NotObserved['fact']
  /** Below the project's root. */
  from: string
  /** Below the kernel's. */
  to: string
  /** The kernel's Makefile that gets the line. */
  makefile: string
  line: string
}

/** drivers/misc is entered by every configuration of every version (drivers/Makefile). */
export const additions: readonly Addition[] = [
  {
    fact: 'probe',
    from: 'images/kernel/dmaprobe/dmaprobe.c',
    to: 'drivers/misc/dmaprobe.c',
    makefile: 'drivers/misc/Makefile',
    line: 'obj-y += dmaprobe.o',
  },
]

/** The kernel's files that an addition touches. */
export function additionPaths({ to, makefile }: Addition): string[] {
  return [to, makefile]
}

/** Why a tree, as it is without anything of ours, has no room for it: null if it has. */
export function whyNoRoom(
  tree: { has: (path: string) => boolean },
  { to, makefile }: Addition,
): string | null {
  if (!tree.has(makefile)) return `there is no ${makefile}`
  return tree.has(to) ? `there is a ${to} already` : null
}

/** Adds to a folder that has the Makefile as it is without the addition. */
export function addTo(folder: string, { from, to, makefile, line }: Addition, root = projectRoot): void {
  mkdirSync(dirname(join(folder, to)), { recursive: true })
  cpSync(join(root, from), join(folder, to))
  const text = readFileSync(join(folder, makefile), 'utf8')
  appendFileSync(join(folder, makefile), `${text.endsWith('\n') ? '' : '\n'}${line}\n`)
}
