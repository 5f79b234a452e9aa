import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildContext, freshLog, lockFor } from './context.ts'
import type { GivenTree } from './given.ts'
import { configure } from './kernel-config.ts'
import { mendBuild } from './killed.ts'
import { applyPatches } from './patched.ts'
import { toolchain } from './toolchain.ts'
import { lockOf, planTree } from './tree-kernel.ts'

/**
 * The .config that a tree comes to with its fragments: what Kconfig made of them. Takes seconds: nothing is compiled, and
 * what was compiled stays as it is.
 * @throws UnbuildableError if Kconfig doesn't take what it must
 */
export async function treeConfig(context: BuildContext, given: GivenTree): Promise<string> {
  using held = await lockFor(context, lockOf(given.work), `builds ${given.name}`)
  const log = freshLog(context, `config-${given.name}`)
  const options = { cwd: given.work, signal: context.signal, lock: held, what: given.name, log }
  const compiler = await toolchain('aarch64-linux-gnu-', options)
  const { plan } = await planTree(given, [], options)
  // As for a build, so that the files that patches touch need not be written twice.
  await applyPatches(plan, plan.patches, options, plan.additions)
  const build = `${plan.build}.config`
  const making = { ...options, stamp: `${build}.making` }
  mendBuild(context, build, making)
  await configure(
    ['make', '-C', plan.source, `O=${build}`, ...plan.variables],
    { ...plan, build },
    compiler,
    making,
  )
  return readFileSync(join(build, '.config'), 'utf8')
}
