import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { patchArgv, type PatchedTree, patchedFiles, putAside } from './patched.ts'
import { run, type RunOptions, start } from './run.ts'

/** One of several patches for the same purpose: of a tree that is of no series, nobody knows which one fits. */
export interface PatchStep {
  /** `observe.patch`, `fault bus-mask-always-set`. */
  what: string
  /** Paths, the likeliest first. */
  candidates: readonly string[]
}

export interface PatchChoice {
  /** Paths, in the order of the steps. */
  patches: string[]
  /** Steps of which no candidate applies, and why the first doesn't. */
  refused: { what: string; why: string }[]
}

/**
 * Finds the patches that apply to a tree on top of each other, as patch(1) itself sees it; nothing is written to the
 * sources. A step that is refused is left out, and the next ones are tried without it.
 */
export async function choosePatches(
  { source, originals }: PatchedTree,
  steps: readonly PatchStep[],
  options: RunOptions,
): Promise<PatchChoice> {
  const all = steps.flatMap(({ candidates }) => candidates)
  for (const patch of all) {
    for (const path of patchedFiles(readFileSync(patch, 'utf8'))) putAside(source, originals, path)
  }
  const trial = `${originals}.trial`
  rmSync(trial, { recursive: true, force: true })
  const present = join(originals, 'present')
  if (existsSync(present)) cpSync(present, trial, { recursive: true })
  mkdirSync(trial, { recursive: true })
  const choice: PatchChoice = { patches: [], refused: [] }
  try {
    for (const { what, candidates } of steps) {
      const { patch, why } = await firstThatApplies(trial, candidates, options)
      if (patch === undefined) choice.refused.push({ what, why })
      else choice.patches.push(patch)
    }
  } finally {
    rmSync(trial, { recursive: true, force: true })
  }
  return choice
}

async function firstThatApplies(trial: string, candidates: readonly string[], options: RunOptions) {
  let why = 'there is no patch for it'
  for (const [i, patch] of candidates.entries()) {
    const argv = patchArgv(patch)
    const tried = await start([...argv, '--dry-run'], { ...options, cwd: trial })
    if (tried.exitCode === 0) {
      await run(argv, { ...options, cwd: trial })
      return { patch, why }
    }
    if (i === 0) why = whyRefused(tried.lines)
  }
  return { patch: undefined, why }
}

/** Where a patch doesn't apply, from patch's own words: `hunk 1 does not apply to drivers/iommu/io-pgtable-arm.c`. */
export function whyRefused(lines: readonly string[]): string {
  let file = ''
  for (const line of lines) {
    file =
      /^(?:checking|patching) file (.*)$/.exec(line)?.[1] ?? /^\|--- [^/]+\/([^\t]*)/.exec(line)?.[1] ?? file
    const hunk = /^Hunk #(\d+) (?:FAILED|ignored)/.exec(line)?.[1]
    if (hunk !== undefined) return `hunk ${hunk} does not apply to ${file}`
    if (line.startsWith('|+++ ') && lines.some(text => text.startsWith("can't find file")))
      return `there is no ${file}`
    if (line.startsWith('Reversed (or previously applied)')) return `it is in ${file} already`
    const malformed = /malformed patch at line (\d+)/.exec(line)?.[1]
    if (malformed !== undefined) return `it is malformed at line ${malformed}`
    if (line.includes('Only garbage was found')) return 'there is no patch in it'
  }
  return lines.at(-1)?.trim() ?? 'patch said nothing'
}
