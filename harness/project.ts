import { fileURLToPath } from 'node:url'

/** The folder of this clone, or of the installed package. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url))
