import { readFile, realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { parseEvent } from '../../trace/trace.ts'
import type { TraceEvent } from '../../types.ts'
import { consoleLines } from './console.ts'
import { parseReportFile, type BootFacts } from './report-file.ts'

/** A boot's files, as far as they are there. */
export interface BootFiles {
  lines: string[] | null
  argv: string | null
  facts: BootFacts | null
  events: TraceEvent[] | null
  /** What can't be read, and why: the report says it. */
  problems: string[]
}

/**
 * Reads the files of a boot. A results.json may come from anywhere: nothing outside of `out` is read. The boots of what
 * was merged are where the parts left them (load.ts checks that they are below those): then the files must be in the
 * boot's own folder. What can't be read is said.
 */
export async function readBoot(out: string, folder: string, isMerged = false): Promise<BootFiles> {
  const problems: string[] = []
  const own = join(out, folder)
  const root = await realpath(isMerged ? own : out).catch(() => resolve(own))
  const read = async <T>(name: string, parse: (text: string) => T): Promise<T | null> => {
    try {
      const file = await realpath(join(own, name))
      if (!isBelow(root, file)) throw new Error('it is not in the folder that it should be in')
      return parse(await readFile(file, 'utf8'))
    } catch (error) {
      problems.push(`${name}: ${reason(error)}`)
      return null
    }
  }
  return {
    lines: await read('console.log', consoleLines),
    argv: await read('argv', text => text.trimEnd()),
    facts: await read('report.json', parseReportFile),
    events: await read('trace.jsonl', traceEvents),
    problems,
  }
}

function isBelow(root: string, file: string): boolean {
  const path = relative(root, file)
  return path !== '' && path.split('/')[0] !== '..' && !isAbsolute(path)
}

/** All whole lines; QEMU may have been killed in the middle of the last. */
function traceEvents(text: string): TraceEvent[] {
  const lines = text.split('\n')
  lines.pop()
  return lines.map(parseEvent)
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'ENOENT' ? 'it is not there' : message
}
