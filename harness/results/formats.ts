import type { Excerpts } from './excerpt.ts'
import { junit, junitOfMerge } from './junit.ts'
import { mergeJunit } from './junit-merge.ts'
import { htmlReport } from './html/page.ts'
import { kcidb } from './kcidb.ts'
import { ktap } from './ktap.ts'
import { markdown } from './markdown.ts'
import type { RunResult } from './result.ts'

/** All that a report can be made from. */
export interface Report {
  result: RunResult
  /** The absolute folder that it is written to, and that boots' folders are below. */
  out: string
  excerpts: Excerpts
  /** Where that folder is on the web, if it is. */
  url: string | undefined
  /** The JUnit XML of each part of a merge; empty for a run. */
  junitOfParts: readonly string[]
}

export interface Format {
  /** Its name in the folder. */
  file: string
  write: (report: Report) => string | Promise<string>
}

/** Each file that `dmaspec run` and `dmaspec merge` write: a new format is one file and one row. */
export const FORMATS: readonly Format[] = [
  { file: 'results.json', write: ({ result }) => json(result) },
  { file: 'junit.xml', write: junitOf },
  { file: 'results.ktap', write: ({ result, excerpts }) => ktap(result, excerpts) },
  { file: 'kcidb.json', write: ({ result, excerpts, url }) => json(kcidb(result, excerpts, url)) },
  { file: 'report.html', write: ({ out, result }) => htmlReport(out, result) },
  { file: 'report.md', write: ({ result, excerpts }) => markdown(result, excerpts) },
]

function json(value: unknown): string {
  return JSON.stringify(value, null, 2) + '\n'
}

/** A shard's own file has its consoles, even where its boots' folders were not kept. */
function junitOf({ result, excerpts, junitOfParts }: Report): string | Promise<string> {
  if (!result.merged) return junit(result, excerpts)
  return mergeJunit([...junitOfParts, junitOfMerge(result)])
}
