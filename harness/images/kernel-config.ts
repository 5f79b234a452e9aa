import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UnbuildableError } from '../errors.ts'
import { sha256 } from './inputs.ts'
import type { KernelPlan } from './kernel-plan.ts'
import { run, type RunOptions } from './run.ts'

/** What came of a configuration. */
export interface Configured {
  /** True if the tree had this configuration already: make has nothing new to do. */
  isAsBefore: boolean
  /** Lines that Kconfig did not take, and need not. */
  dropped: string[]
}

/** allnoconfig plus our fragment; an UnbuildableError if Kconfig dropped a line of it that the kernel must have. */
export async function configure(
  make: readonly string[],
  { build, fragment, mustHave = () => true }: Pick<KernelPlan, 'build' | 'fragment' | 'mustHave'>,
  compiler: string,
  options: RunOptions,
): Promise<Configured> {
  const config = join(build, '.config')
  const stampFile = `${build}.stamp`
  const stamp = sha256(fragment + compiler)
  if (existsSync(config) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp)
    return { isAsBefore: true, dropped: [] }
  const fragmentFile = `${build}.fragment`
  writeFileSync(fragmentFile, fragment)
  rmSync(stampFile, { force: true })
  const variables = { KCONFIG_ALLCONFIG: fragmentFile }
  await run([...make, 'allnoconfig'], { ...options, variables, ofSources: true })
  const dropped = droppedOptions(fragment, readFileSync(config, 'utf8'))
  const missed = dropped.filter(mustHave)
  if (missed.length > 0) {
    const words = `Kconfig did not take ${missed.join(', ')}: an option that they depend on is off, or renamed`
    throw new UnbuildableError(`${options.what}: ${words}`, { log: options.log })
  }
  writeFileSync(stampFile, stamp)
  return { isAsBefore: false, dropped }
}

/**
 * Lines of the fragment that the configuration doesn't have. `=n` asks for an option to be off or unknown; of two lines
 * for an option the later one counts, as it does for Kconfig: a series can take back what all others have.
 */
export function droppedOptions(fragment: string, config: string): string[] {
  const has = new Set(config.split('\n'))
  const lines = fragment.split('\n').flatMap(line => /^CONFIG_\w+=.*?(?=\s*$)/.exec(line)?.[0] ?? [])
  const asked = new Map(lines.map(line => [line.replace(/=.*/, ''), line]))
  return [...asked.values()].filter(line =>
    line.endsWith('=n') ? has.has(line.replace(/n$/, 'y')) : !has.has(line),
  )
}
