import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../project.ts'

/** A way to configure any kernel: images/kernel/flavours/<name>.fragment. */
export interface Flavour {
  name: string
  /** The fragment's first line, for `--help`. */
  title: string
  /** By how much a boot may take longer: deadlines are multiplied by it. From `# dmaspec: slower 10`. */
  slower: number
}

const suffix = '.fragment'
const folder = 'images/kernel/flavours'

/** All flavours, sorted by name. */
export function flavours(root = projectRoot): Flavour[] {
  const dir = join(root, folder)
  if (!existsSync(dir)) return []
  return readdirSync(dir)
    .filter(file => file.endsWith(suffix))
    .sort()
    .map(file => readFlavour(file.slice(0, -suffix.length), readFileSync(join(dir, file), 'utf8')))
}

/** What a flavour's fragment says of itself. */
export function readFlavour(name: string, fragment: string): Flavour {
  const title = /^# *(?! |dmaspec:)(.*)$/m.exec(fragment)?.[1] ?? ''
  const slower = Number(/^# dmaspec: slower (\d{1,3}(?:\.\d+)?)$/m.exec(fragment)?.[1] ?? 1)
  return { name, title, slower }
}

/** A flavour's files: the one for every series, then what a series has otherwise (images/kernel/<series>/flavours). */
export function flavourFragments(series: string, flavour: string | null, root = projectRoot): string[] {
  if (flavour === null) return []
  const own = `images/kernel/${series}/flavours/${flavour}${suffix}`
  return [`${folder}/${flavour}${suffix}`, ...(existsSync(join(root, own)) ? [own] : [])]
}
