import { Eta } from 'eta'
import { assets } from './assets.ts'
import { BUDGET, packBlocks } from './blocks.ts'
import { policy } from './csp.ts'
import type { RunResult } from '../result.ts'
import { viewOf } from './view.ts'
import { visible } from './visible.ts'

/**
 * The whole run as one HTML file that loads nothing: verdicts, times and addresses as a table; assertions, oopses,
 * consoles, commands and traces in compressed blocks that a click unpacks.
 *
 * `out` is the folder that BootRecord.folder is relative to. Files that are missing there are said in the page. `budget`
 * is in bytes: from there on consoles and traces are left out, those of cells that passed first.
 */
export async function htmlReport(out: string, result: RunResult, budget = BUDGET): Promise<string> {
  const blocks = await packBlocks(out, result, budget)
  const view = viewOf(result, blocks)
  const { template, script, style: sheet } = await assets()
  const style = `${sheet}:root { --kernels: ${view.columns.length} }\n`
  const eta = new Eta({ autoEscape: true, escapeFunction: escape })
  return eta.renderString(template, { ...view, script, style, policy: policy({ script, style }) })
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** All that the template shows goes through here: no markup, nothing invisible. */
function escape(value: unknown): string {
  return visible(String(value)).replace(/[&<>"']/g, character => ENTITIES[character] ?? '')
}
