import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of this clone, or of the installed package. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url))

/** The version of dmaspec. */
export function projectVersion(): string {
  return (JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string }).version
}
