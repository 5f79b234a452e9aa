import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, normalize } from 'node:path'
import { CellError } from '../errors.ts'
import { readExcerpts } from './excerpt.ts'
import { junit } from './junit.ts'
import { junitOfRuns } from './junit-merge.ts'
import type { Part } from './merge.ts'
import { readResults } from './read.ts'
import type { RunResult } from './result.ts'
import { oneLine } from '../text.ts'

/** A part of a merge with its JUnit XML. */
export interface LoadedPart extends Part {
  file: string
  junit: string
}

/**
 * Reads a results.json, and the junit.xml beside it: that has the consoles, which may not have come along. If it is not
 * there, or not of the same cells, it is made anew.
 * @throws CellError if results.json is no valid one
 */
export async function loadPart(file: string): Promise<LoadedPart> {
  const folder = dirname(file)
  const result = await readResults(file)
  if (!result.merged) needBelow(file, result)
  const beside = await readFile(join(folder, 'junit.xml'), 'utf8')
    .then(junitOfRuns)
    .catch(() => null)
  const ids = result.cells.map(({ id }) => id).sort()
  const isOfIt = beside !== null && beside.names.sort().join('\n') === ids.join('\n')
  if (isOfIt) return { file, folder, result, junit: beside.text }
  // Its own cells only: what is missing is said of the whole.
  const run = { ...result, matrix: ids }
  delete run.merged
  return { file, folder, result, junit: junit(run, await readExcerpts(folder, result)) }
}

/** Whoever sent the file is not to choose which other folders of ours a report quotes. */
function needBelow(file: string, { cells }: RunResult): void {
  const folders = cells.flatMap(({ tests }) =>
    tests.flatMap(({ boots }) => boots.map(({ folder }) => folder)),
  )
  const outside = folders.find(folder => isAbsolute(folder) || normalize(folder).split('/')[0] === '..')
  if (outside === undefined) return
  throw new CellError(
    `${file} names a boot that is not below its folder, '${oneLine(outside)}': it was changed`,
  )
}
