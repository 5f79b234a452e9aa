import { loadConfig, targetNamed } from '../config/load.ts'
import type { Target } from '../config/target.ts'

/** Names the board that boots are made on, for this process and those that it starts: `--target` puts it here. */
export const TARGET_VARIABLE = 'DMASPEC_TARGET'

/** The board that was asked for; null for the emulator. A CellError if the configuration has none of that name. */
export async function targetAsked(environment: NodeJS.ProcessEnv = process.env): Promise<Target | null> {
  const name = environment[TARGET_VARIABLE]
  return name ? targetNamed(await loadConfig(), name) : null
}
