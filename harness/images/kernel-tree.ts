import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Addition } from './additions.ts'
import { packageFiles } from './apt.ts'
import { type Entry, readJson } from './cache.ts'
import { type BuildContext } from './context.ts'
import { configure } from './kernel-config.ts'
import { firstErrors } from './failure.ts'
import { collectGdbScripts, gdbTarget, hasGdbScripts } from './gdb-scripts.ts'
import type { KernelPlan } from './kernel-plan.ts'
import { applyPatches } from './patched.ts'
import { mendBuild } from './killed.ts'
import { isKbuildStep, type Step } from './progress.ts'
import { run, type RunOptions, start } from './run.ts'

/** Variables of make; all fixed, so that the same sources give the same Image. */
const makeVariables: readonly { set: string; why: string; unless?: (config: string) => boolean }[] = [
  { set: 'ARCH=arm64', why: 'the board' },
  { set: 'CROSS_COMPILE=aarch64-linux-gnu-', why: "Debian's cross compiler" },
  { set: 'DTC_FLAGS=-@', why: 'labels in __symbols__, for overlays' },
  { set: 'KBUILD_BUILD_TIMESTAMP=Thu Jan  1 00:00:00 UTC 1970', why: 'reproducible' },
  { set: 'KBUILD_BUILD_USER=dmaspec', why: 'reproducible' },
  { set: 'KBUILD_BUILD_HOST=dmaspec', why: 'reproducible' },
  { set: 'KBUILD_BUILD_VERSION=1', why: 'reproducible' },
  {
    set: 'KCFLAGS=-g1',
    why: 'file and line of a crash: line tables in vmlinux, none in the Image',
    unless: hasGdbScripts,
  },
  { set: 'LOCALVERSION=', why: 'no + from a git repository above the tree' },
]

/** Those for a kernel that is configured by this fragment. */
export function makeVariablesOf(fragment: string): string[] {
  return makeVariables.filter(({ unless }) => !unless?.(fragment)).map(({ set }) => set)
}

/** Unpacks the source into <tree>/source, wholly or not at all. */
export async function unpackKernel(
  context: BuildContext,
  deb: Entry,
  tree: string,
  options: RunOptions,
): Promise<void> {
  if (existsSync(join(tree, 'source'))) return
  const step = context.progress.step(`unpacking ${options.what}`)
  const partial = join(tree, 'partial')
  rmSync(dirname(tree), { recursive: true, force: true }) // an older version's tree too
  mkdirSync(join(partial, 'source'), { recursive: true })
  try {
    const inside = { ...options, cwd: partial }
    const [file = ''] = packageFiles(deb, /^linux-source.*\.deb$/)
    await run(['dpkg-deb', '--extract', file, '.'], inside)
    const tarballs = readdirSync(join(partial, 'usr/src')).filter(name => /\.tar\.xz$/.test(name))
    const into = ['-C', 'source', '--strip-components=1', '--no-same-owner']
    await run(['tar', '-xf', join('usr/src', tarballs[0] ?? ''), ...into], inside)
    renameSync(join(partial, 'source'), join(tree, 'source'))
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  step.done()
}

/**
 * Puts the tree under these patches and this configuration, and makes what that changes. Returns the files of ours that
 * it had to leave out, and why.
 */
export async function compileKernel(
  context: BuildContext,
  plan: KernelPlan,
  compiler: string,
  options: RunOptions,
): Promise<LeftOut[]> {
  const making = { ...options, stamp: `${plan.build}.making` }
  mendBuild(context, plan.build, making)
  await applyPatches(plan, plan.patches, options, plan.additions)
  const make = ['make', '-C', plan.source, `O=${plan.build}`, ...plan.variables]
  const isNew = !existsSync(plan.build)
  const { isAsBefore, dropped } = await configure(make, plan, compiler, making)
  if (dropped.length > 0) context.progress.note(`${plan.what} is built without ${dropped.join(', ')}`)
  const isWhole = existsSync(join(plan.build, 'vmlinux'))
  const kind = isNew ? 'whole' : isAsBefore && isWhole ? 'again' : 'unknown'
  const step = context.progress.step(`compiling ${options.what}`)
  const steps = countSteps(step, plan.steps, kind)
  const targets = ['Image', plan.dtb, ...(hasGdbScripts(plan.fragment) ? [gdbTarget] : [])]
  const lines: string[] = []
  const onLine = (line: string) => {
    lines.push(line)
    steps.line(line)
  }
  const compile = () =>
    run([...make, `-j${availableParallelism()}`, ...targets], { ...making, ofSources: true, onLine })
  const leftOut: LeftOut[] = []
  try {
    await compile()
  } catch (error) {
    // Trying each of ours before would take another make, every time.
    if (!plan.mayLeaveOut || !plan.additions.some(addition => isNamed(addition, lines))) throw error
    leftOut.push(...(await leaveOut(make, plan, making)))
    if (leftOut.length === 0) throw error
    await compile()
  }
  steps.save()
  step.done(`${steps.count()} steps`)
  return leftOut
}

/** Whether make, or the compiler, says something of a file of ours. */
function isNamed({ to }: Addition, lines: readonly string[]): boolean {
  const name = basename(to, '.c')
  return lines.some(line => !isKbuildStep(line) && (line.includes(`${name}.c`) || line.includes(`${name}.o`)))
}

/** Takes the files of ours that this tree can't compile out of it again. */
async function leaveOut(make: readonly string[], plan: KernelPlan, options: RunOptions): Promise<LeftOut[]> {
  const leftOut: LeftOut[] = []
  for (const addition of plan.additions) {
    const object = addition.to.replace(/\.c$/, '.o')
    const { exitCode, lines } = await start([...make, `-j${availableParallelism()}`, object], options)
    if (exitCode !== 0)
      leftOut.push({ addition, why: firstErrors(lines)[0]?.trim() ?? 'it does not compile' })
  }
  const kept = plan.additions.filter(addition => !leftOut.some(out => out.addition === addition))
  if (leftOut.length > 0) await applyPatches(plan, plan.patches, options, kept)
  return leftOut
}

export interface LeftOut {
  addition: Addition
  why: string
}

/** Copies what a boot needs out of the build folder. */
export function collectKernel({ build, dtb, fragment }: KernelPlan, dir: string): void {
  const from = (path: string) => join(build, path)
  cpSync(from('arch/arm64/boot/Image'), join(dir, 'Image'))
  cpSync(from(`arch/arm64/boot/dts/${dtb}`), join(dir, basename(dtb)))
  cpSync(from('vmlinux'), join(dir, 'vmlinux'))
  cpSync(from('.config'), join(dir, 'config'))
  cpSync(from('System.map'), join(dir, 'System.map'))
  if (hasGdbScripts(fragment)) collectGdbScripts(build, dir)
}

/** Counts make's steps against those of the last build of this kind; of an unknown kind, just counts them. */
function countSteps(
  step: Step,
  { file, all: whole }: KernelPlan['steps'],
  kind: 'whole' | 'again' | 'unknown',
) {
  const last = readJson<Record<string, number>>(file) // a killed run may have left half of it
  const all = { whole, again: 25, ...last, unknown: undefined }[kind]
  let count = 0
  return {
    count: () => count,
    line: (line: string) => {
      if (!isKbuildStep(line)) return
      count += 1
      if (all === undefined || count > all) step.update(undefined, String(count))
      else step.update(count / all, `${count}/${all}`)
    },
    save: () => writeFileSync(file, JSON.stringify({ ...last, [kind]: count })),
  }
}
