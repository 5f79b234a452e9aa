/** What a change asks for: pure, so that every kind of change is a line of a test. */
import { dirname, join, relative } from 'node:path'

/** What is to be done again. */
export interface Work {
  /** Paths below the tree that may have changed since it was last built; `all` if nobody can say. */
  changed: 'all' | ReadonlySet<string>
  /** Specs by name. */
  specs: 'all' | ReadonlySet<string>
  /** Run them even if the kernel comes out of the build as it was. */
  even: boolean
  /** What was saved, or which key was typed: each once. */
  why: readonly string[]
  /** When the last of it was: performance.now(). */
  since: number
  /** A file was saved; or else somebody asked. */
  isSaved: boolean
}

/** What is watched, and what is known of its use. */
export interface Watched {
  /** The user's tree; null if the kernel is none of a tree. */
  tree: string | null
  /** --fragment and --patch. */
  settings: readonly string[]
  specs: readonly { name: string; file: string }[]
  /** Folders of overlays. */
  overlays: readonly string[]
  /** The overlays that the boots of a spec had, the last time that it ran. */
  uses: ReadonlyMap<string, ReadonlySet<string>>
}

/** A rule says whether it knows a file, and what its change asks for. */
interface Rule {
  what: string
  of: (
    path: string,
    watched: Watched,
  ) => { changed?: string; specs: Work['specs']; even: boolean } | undefined
}

/** The first that knows a file counts. */
const rules: readonly Rule[] = [
  {
    what: 'a spec runs alone, without a build',
    of: (path, { specs }) => {
      const spec = specs.find(({ file }) => file === path)
      return spec && { specs: new Set([spec.name]), even: true }
    },
  },
  {
    what: 'what specs may import, by all of its folder',
    of: (path, { specs }) => {
      const beside = specs.filter(({ file }) => dirname(file) === dirname(path)).map(({ name }) => name)
      if (!/\.[mc]?[jt]s$/.test(path) || /\.(spec|test)\.[mc]?[jt]s$/.test(path) || beside.length === 0)
        return undefined
      return { specs: new Set(beside), even: true }
    },
  },
  {
    what: 'an overlay, by those whose boots had it; by all as long as nobody knows',
    of: (path, { overlays, uses }) => {
      if (!path.endsWith('.dtso') || !overlays.includes(dirname(path))) return undefined
      const name = relative(dirname(path), path).replace(/\.dtso$/, '')
      const users = [...uses].flatMap(([spec, names]) => (names.has(name) ? [spec] : []))
      return { specs: uses.size === 0 ? 'all' : new Set(users), even: true }
    },
  },
  {
    what: 'a fragment or patch is read with the tree',
    of: (path, { settings, tree }) => {
      if (!settings.includes(path)) return undefined
      return { ...(isIn(tree, path) ? { changed: relative(tree, path) } : {}), specs: 'all', even: false }
    },
  },
  {
    what: 'a file of the tree',
    of: (path, { tree }) => {
      if (!isIn(tree, path)) return undefined
      return { changed: relative(tree, path), specs: 'all', even: false }
    },
  },
]

/** What these files ask for, all together; null if none of them is anybody's. */
export function workOf(paths: Iterable<string>, watched: Watched, since: number): Work | null {
  let work: Work | null = null
  for (const path of paths) {
    const found = rules.map(rule => rule.of(path, watched)).find(Boolean)
    if (!found) continue
    const { changed, specs, even } = found
    if (specs !== 'all' && specs.size === 0) continue
    const paths = new Set(changed === undefined ? [] : [changed])
    const one: Work = { changed: paths, specs, even, why: [nameOf(path, watched)], since, isSaved: true }
    work = work ? both(work, one) : one
  }
  return work
}

/** `drivers/iommu/ipmmu-vmsa.c and 2 more`. */
export function reasonOf({ why: [first = '', ...more] }: Work): string {
  return more.length === 0 ? first : `${first} and ${more.length} more`
}

/** What two changes ask for. */
export function both(a: Work, b: Work): Work {
  const join = <T>(x: 'all' | ReadonlySet<T>, y: 'all' | ReadonlySet<T>) =>
    x === 'all' || y === 'all' ? 'all' : new Set([...x, ...y])
  return {
    changed: join(a.changed, b.changed),
    specs: join(a.specs, b.specs),
    even: a.even || b.even,
    since: Math.max(a.since, b.since),
    isSaved: a.isSaved || b.isSaved,
    why: [...new Set([...a.why, ...b.why])],
  }
}

function nameOf(path: string, { tree }: Watched): string {
  return relative(isIn(tree, path) ? tree : '', path)
}

function isIn(tree: string | null, path: string): tree is string {
  return tree !== null && path.startsWith(join(tree, '/'))
}
