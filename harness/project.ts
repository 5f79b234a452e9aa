import { existsSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of this clone, or of the installed package. Nothing is written into it but by those who work on dmaspec. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url))

/** Whether this is a clone, whose sources run as they are; else it is the package, of compiled ones (harness/pack). */
export const isClone = existsSync(join(projectRoot, 'Makefile'))

/** The version of dmaspec. */
export function projectVersion(): string {
  return (JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string }).version
}

/**
 * The URL of a module of ours that no `import` names, for what is started as a process or put into a hook:
 * `./worker` is worker.ts in a clone, and worker.js in the package.
 */
export function moduleUrl(path: string, from: string): string {
  return new URL(`${path}${extname(new URL(from).pathname)}`, from).href
}
