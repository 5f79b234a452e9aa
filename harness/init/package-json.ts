/** What `dmaspec init` has to do with package.json: it writes one where there is none, and never changes one. */
import { basename } from 'node:path'
import { z } from 'zod'

const SCRIPT = 'dmaspec run'
/** Where `test` is taken: the line adds a script of another name. */
const ADD_SCRIPT = `npm pkg set 'scripts.test:dma=${SCRIPT}'`

const schema = z.object({
  scripts: z.record(z.string(), z.unknown()).optional(),
  tap: z.unknown().optional(),
})

/** A package.json for a folder that has none: private, so that nobody publishes it by mistake. */
export function newPackageJson(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '')
  const content = {
    name: name === '' ? 'specs' : name,
    version: '0.0.0',
    private: true,
    type: 'module',
    scripts: { test: SCRIPT },
  }
  return JSON.stringify(content, null, 2) + '\n'
}

/** What there is to say of a package.json that is there. */
export interface PackageAdvice {
  /** A command that adds what is missing; null if nothing is. */
  add: string | null
  /** It configures tap: a .taprc would go before that. */
  hasTap: boolean
}

/** Looks at a package.json; null if it is none. */
export function adviceFor(text: string): PackageAdvice | null {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    return null
  }
  const { data } = schema.safeParse(read)
  if (!data) return null
  const runs = Object.values(data.scripts ?? {}).some(
    script => typeof script === 'string' && script.includes(SCRIPT),
  )
  return { add: runs ? null : ADD_SCRIPT, hasTap: data.tap !== undefined }
}
