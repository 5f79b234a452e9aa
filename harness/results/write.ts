import { rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { makeFolders } from '../boot/claim.ts'
import { InfraError } from '../errors.ts'
import { readExcerpts, type Excerpts } from './excerpt.ts'
import { FORMATS, type Format } from './formats.ts'
import type { RunResult } from './result.ts'

export interface WriteOptions {
  /** Where `out` will be on the web: KCIDB's files are named by it. Default: $DMASPEC_RESULTS_URL. */
  url?: string | undefined
  /** The consoles to quote; read from the boots' folders if not given. */
  excerpts?: Excerpts
  /** The JUnit XML of each part of a merge. */
  junitOfParts?: readonly string[]
  signal?: AbortSignal
  /** For tests. */
  formats?: readonly Format[]
}

/**
 * Writes every report of a result into a folder: results.json first, each file at once or not at all.
 * @param out is made if it isn't there; the folders of the boots are below it
 * @returns the paths, in the order of the table of formats
 * @throws InfraError if a file can't be written
 */
export async function writeResults(
  out: string,
  result: RunResult,
  options: WriteOptions = {},
): Promise<string[]> {
  const folder = resolve(out)
  const url = options.url ?? (process.env['DMASPEC_RESULTS_URL'] || undefined)
  await makeFolders(folder).catch((error: unknown) => {
    throw new InfraError(`can't make ${folder}: ${(error as Error).message}`, { cause: error })
  })
  const excerpts = options.excerpts ?? (await readExcerpts(folder, result))
  const report = { result, out: folder, excerpts, url, junitOfParts: options.junitOfParts ?? [] }
  const paths: string[] = []
  for (const { file, write } of options.formats ?? FORMATS) {
    options.signal?.throwIfAborted()
    const path = join(folder, file)
    await writeWhole(path, await write(report))
    paths.push(path)
  }
  return paths
}

/** Nobody sees half a file: it is written aside, and renamed. */
async function writeWhole(path: string, text: string): Promise<void> {
  const aside = `${path}.${process.pid}.tmp`
  try {
    await writeFile(aside, text)
    await rename(aside, path)
  } catch (error) {
    throw new InfraError(`can't write ${path}: ${(error as Error).message}`, { cause: error })
  } finally {
    await rm(aside, { force: true })
  }
}
