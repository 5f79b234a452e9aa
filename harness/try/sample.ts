/** For tests: the report's own fix as a mail, tried on a real kernel's history. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { progressOn } from '../images/progress.ts'
import { type Trial, tryPatches, type TryRequest } from './try.ts'

/**
 * Tries what undoes `faulty`, as git format-patch writes it. `fixed` is a commit with the files as they should be. The
 * mail is made in a clone in `folder`: the tree is left alone.
 */
export async function tryFix(
  { tree, faulty, fixed }: { tree: string; faulty: string; fixed: string },
  specs: readonly string[],
  folder: string,
  over: Partial<TryRequest> = {},
): Promise<Trial> {
  const clone = join(folder, 'clone')
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.org']
  const git = (...argv: string[]) => execFileSync('git', [...who, ...argv], { encoding: 'utf8' }).trim()
  git('clone', '--quiet', '--shared', '--bare', tree, clone)
  const subject = 'iommu/ipmmu-vmsa: Fix crash on early domain free'
  const commit = git('-C', clone, 'commit-tree', '-m', subject, '-p', faulty, `${fixed}^{tree}`)
  const mail = join(folder, 'fix.mbox')
  writeFileSync(mail, git('-C', clone, 'format-patch', '--stdout', '-1', commit) + '\n')
  return tryPatches({
    ...{ files: [mail], each: false, tree, ref: git('-C', clone, 'rev-parse', `${faulty}^{commit}`) },
    ...{ flavour: null, fragments: [], specs, out: join(folder, 'out') },
    signal: new AbortController().signal,
    progress: progressOn(process.stderr),
    ...over,
  })
}
