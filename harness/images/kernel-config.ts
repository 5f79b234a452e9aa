import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { InfraError } from '../errors.ts'
import { sha256 } from './inputs.ts'
import { run, type RunOptions } from './run.ts'

/**
 * allnoconfig plus our fragment; what Kconfig dropped of it is an error. Returns false, and leaves make nothing to
 * do, if the tree already has this configuration.
 */
export async function configure(
  make: readonly string[],
  tree: string,
  { fragment, compiler }: { fragment: string; compiler: string },
  options: RunOptions,
): Promise<boolean> {
  const config = join(tree, 'build/.config')
  const stampFile = join(tree, 'config.stamp')
  const stamp = sha256(fragment + compiler)
  if (existsSync(config) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return false
  const fragmentFile = join(tree, 'config.fragment')
  writeFileSync(fragmentFile, fragment)
  await run([...make, 'allnoconfig'], { ...options, variables: { KCONFIG_ALLCONFIG: fragmentFile } })
  const dropped = droppedOptions(fragment, readFileSync(config, 'utf8'))
  if (dropped.length > 0) {
    const words = `Kconfig did not take ${dropped.join(', ')}: an option that they depend on is off, or renamed`
    throw new InfraError(`${options.what}: ${words}`)
  }
  writeFileSync(stampFile, stamp)
  return true
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
