import { existsSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { cacheRoot, sweep } from '../images/cache.ts'
import { type CacheItem, cacheItems } from '../images/cache-items.ts'
import {
  discard,
  GRACE_IN_RUN_MS,
  GRACE_MS,
  prunable,
  type PruneRequest,
  remove,
  removeDangling,
  sizeOf,
} from '../images/cache-prune.ts'
import { temporaries, verifyEntries } from '../images/cache-verify.ts'
import { isCacheInUse } from '../images/lock.ts'
import { presentFolders } from '../images/present.ts'
import { progressOn } from '../images/progress.ts'
import { formatBytes } from '../text.ts'
import { ago, cacheTable } from './cache-table.ts'
import { interruptible } from './interrupt.ts'
import { parseBytes } from './size.ts'

interface PruneOptions extends Omit<PruneRequest, 'to'> {
  to?: number
  dryRun?: boolean
}

const EXAMPLES = `
Examples:
  dmaspec cache list
  dmaspec cache prune --to 4G --dry-run
  dmaspec cache verify

Exit status: 0 done, 1 verify found damage that is still there, 2 it could not be done, 130 interrupted.
docs/cache.md says what is in the cache.`

const LIST_EXAMPLES = `
Examples:
  dmaspec cache list
  dmaspec cache list --json | jq -r '.[].name'

Exit status: 0 done, 2 the cache can't be read, 130 interrupted.`

const PRUNE_EXAMPLES = `
What was used within the last hour, or is being built, is never removed; within the last day while a run goes on.

Examples:
  dmaspec cache prune
      what these sources don't lead to and nobody used for 30 days
  dmaspec cache prune --all-but-current
      what these sources don't lead to, however new it is
  dmaspec cache prune --to 4G --dry-run
      what would go, least recently used first, to get down to 4 GB

Exit status: 0 done, 2 something could not be removed, 130 interrupted.`

const VERIFY_EXAMPLES = `
Examples:
  dmaspec cache verify
      reads every byte
  dmaspec cache verify --repair
      and removes what is damaged

Exit status: 0 all is as it was built, or was repaired; 1 there is damage; 2 it could not be done, 130 interrupted.`

/** `dmaspec cache`: what was built and is kept. */
export function cacheCommand(): Command {
  const cache = new Command('cache')
    .description('list, prune or verify what was built and is kept')
    .addHelpText('after', () => `${EXAMPLES}\nThe cache is ${cacheRoot()} ($DMASPEC_CACHE).`)
  cache
    .command('list')
    .description('show entries and work trees: version, size, last use, whether these sources lead to them')
    .option('--json', 'print it as JSON, and nothing else')
    .addHelpText('after', LIST_EXAMPLES)
    .action(async (options: { json?: boolean }) => {
      const items = await interruptible(signal => look(cacheRoot(), signal))
      const { json } = options
      process.stdout.write(
        json ? `${JSON.stringify(items, null, 2)}\n` : cacheTable(cacheRoot(), items, Date.now()),
      )
    })
  cache
    .command('prune')
    .description('remove what is not used any more')
    .option('--days <n>', 'only what nobody used for so many days', days, 30)
    .option('--all-but-current', 'all that these sources do not lead to, however lately it was used')
    .option('--to <size>', 'the least recently used, until the cache is no bigger: 4G, 500M', parseBytes)
    .option('--dry-run', 'only say what would go')
    .addHelpText('after', PRUNE_EXAMPLES)
    .action((options: PruneOptions) => interruptible(signal => prune(cacheRoot(), options, signal)))
  cache
    .command('verify')
    .description('read all entries and compare them with what was built')
    .option('--repair', 'remove what is damaged, so that the next run builds it again')
    .addHelpText('after', VERIFY_EXAMPLES)
    .action((options: { repair?: boolean }) =>
      interruptible(signal => verify(cacheRoot(), options.repair ?? false, signal)),
    )
  for (const command of cache.commands) command.exitOverride().showHelpAfterError('(--help says more)')
  return cache
}

async function look(root: string, signal: AbortSignal): Promise<CacheItem[]> {
  if (!existsSync(root)) return []
  return cacheItems(root, presentFolders(root), signal)
}

async function prune(root: string, options: PruneOptions, signal: AbortSignal): Promise<void> {
  const items = await look(root, signal)
  if (!existsSync(root)) return say(`nothing in ${root}`)
  const dryRun = options.dryRun ?? false
  const graceMs = (await isCacheInUse(root)) ? GRACE_IN_RUN_MS : GRACE_MS
  const request = { days: options.days, allButCurrent: options.allButCurrent ?? false, to: options.to }
  const now = Date.now()
  const gone: CacheItem[] = []
  for (const item of prunable(items, request, { now, graceMs })) {
    signal.throwIfAborted()
    const words = `${title(item)}, ${formatBytes(item.bytes)}, last used ${ago(now - item.used)}`
    if (!dryRun && !(await remove(root, item))) say(`kept, as it is in use: ${words}`)
    else {
      say(`${dryRun ? 'would remove' : 'removed'} ${words}`)
      gone.push(item)
    }
  }
  if (!dryRun) {
    removeDangling(root)
    await sweep(root)
  }
  const left = sizeOf(items) - sizeOf(gone)
  const verb = dryRun ? 'would free' : 'freed'
  say(
    `${verb} ${formatBytes(sizeOf(gone))}; ${formatBytes(left)} ${dryRun ? 'would stay' : 'left'} in ${root}`,
  )
  if (request.to !== undefined && left > request.to)
    say(
      `that is more than ${formatBytes(request.to)}: the rest is in use, or was within ${graceMs / 3_600_000} h`,
    )
}

async function verify(root: string, repair: boolean, signal: AbortSignal): Promise<void> {
  const progress = progressOn(process.stderr)
  try {
    const step = progress.step('reading the cache')
    const onProgress = (share: number, name: string) => step.update(share, name)
    const { entries, bytes, damaged } = await verifyEntries(root, { signal, onProgress })
    step.done(`${entries} entries, ${formatBytes(bytes)}`)
    let left = damaged.length
    for (const { item, damage } of damaged) {
      const removed = repair && (await discard(root, item))
      if (removed) left -= 1
      const outcome = removed ? ': removed' : repair ? ': in use, so it stays' : ''
      say(`damaged: ${item.path}: ${damage}${outcome}`)
    }
    const swept = repair ? await sweep(root) : []
    for (const name of swept) say(`removed tmp/${name}, which a killed run left`)
    for (const name of temporaries(root)) say(`tmp/${name}: being made, or left by a killed run`)
    if (repair) removeDangling(root)
    if (damaged.length === 0) say(`all ${entries} entries are as they were built`)
    else if (left === 0) say(`${damaged.length} removed: the next dmaspec images builds what is needed`)
    else say(`${left} of ${entries} entries are damaged: dmaspec cache verify --repair removes them`)
    process.exitCode = left > 0 ? 1 : 0
  } finally {
    progress.stop()
  }
}

function title({ kind, name, version }: CacheItem): string {
  return `${{ entry: '', work: 'work tree ', log: 'log ' }[kind]}${name}${version && ` ${version}`}`
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function days(text: string): number {
  if (!/^\d{1,5}(\.\d+)?$/.test(text)) throw new InvalidArgumentError('Write a number of days.')
  return Number(text)
}
