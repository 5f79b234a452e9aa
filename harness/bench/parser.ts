import { execFile, spawn } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { moduleUrl } from '../project.ts'
import { FAMILIES } from '../report/crash/families.ts'
import { LineSplitter } from '../report/input/chunks.ts'
import { ConsoleParser } from '../report/parse.ts'
import type { Figure } from './harness.ts'
import { median } from './median.ts'
import { healthyLog, mixedLog, oopsesLog } from './parser-logs.ts'

const ROUNDS = 3
const FILE_BYTES = 200e6
const PEAK_BYTES = 2e9

/**
 * How fast the parser reads, in MB/s, and as ratios to what else reads the same file in the same run, in turn: Node
 * reading the lines and doing nothing (`reader`: node:readline), a loop over indexOf('\n') that does nothing (`loop`),
 * and `grep -cE` of the prefixes that crashes start with.
 */
export async function parserSpeed(): Promise<Figure[]> {
  const folder = temporaryFolder()
  try {
    const healthy = join(folder.path, 'healthy.log')
    const oopses = join(folder.path, 'oopses.log')
    await writeFile(healthy, Readable.from(healthyLog(FILE_BYTES)))
    await writeFile(oopses, Readable.from(oopsesLog(FILE_BYTES)))
    const onHealthy = await speeds(healthy, { reader, loop, parser, grep })
    const onOopses = await speeds(oopses, { reader, parser, grep })
    return [
      ['parser-healthy-vs-reader', onHealthy.parser / onHealthy.reader],
      ['parser-healthy-vs-loop', onHealthy.parser / onHealthy.loop],
      ['parser-healthy-vs-grep', onHealthy.parser / onHealthy.grep],
      ['parser-oopses-vs-reader', onOopses.parser / onOopses.reader],
      ['parser-oopses-vs-grep', onOopses.parser / onOopses.grep],
      ['parser-healthy-mb-per-s', onHealthy.parser],
      ['parser-oopses-mb-per-s', onOopses.parser],
    ]
  } finally {
    folder.remove()
  }
}

/** Each one's median in MB/s; they take turns, so that a busy minute is every one's. */
async function speeds<Name extends string>(
  file: string,
  sides: Record<Name, (file: string) => Promise<unknown>>,
): Promise<Record<Name, number>> {
  const megabytes = statSync(file).size / 1e6
  const names = Object.keys(sides) as Name[]
  const found = new Map<Name, number[]>(names.map(name => [name, []]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      const started = performance.now()
      await sides[name](file)
      found.get(name)?.push(megabytes / ((performance.now() - started) / 1000))
    }
  }
  return Object.fromEntries(names.map(name => [name, median(found.get(name) ?? [])])) as Record<Name, number>
}

/** What any reader of lines must do, and no more. */
async function loop(file: string): Promise<number> {
  const decoder = new TextDecoder()
  let [rest, characters] = ['', 0]
  for await (const chunk of createReadStream(file)) {
    const text = rest + decoder.decode(chunk as Buffer)
    let at = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', at)) {
      characters += text.slice(at, end).length
      at = end + 1
    }
    rest = text.slice(at)
  }
  return characters
}

async function reader(file: string): Promise<number> {
  let characters = 0
  for await (const line of createInterface({ input: createReadStream(file) })) characters += line.length
  return characters
}

async function parser(file: string): Promise<void> {
  const parser = new ConsoleParser()
  const lines = new LineSplitter(
    (line, form) => parser.line(line, form),
    (block, from, end) => parser.plain(block, from, end),
  )
  for await (const chunk of createReadStream(file)) lines.write(chunk as Buffer)
  lines.end()
  parser.report()
}

/** grep ends with 1 if it found nothing, which is no failure. */
async function grep(file: string): Promise<void> {
  const prefixes = FAMILIES.map(({ prefix }) => prefix.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  await promisify(execFile)('grep', ['-cE', prefixes.join('|'), file]).catch((error: { code?: number }) => {
    if (error.code !== 1) throw error
  })
}

const READ_STDIN = fileURLToPath(moduleUrl('./parser-peak', import.meta.url))

/** The most memory that a process ever had which parses 2 GB from a pipe, all of it (VmHWM), in MB. */
export async function parserPeak(): Promise<Figure[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', READ_STDIN], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  const closed = new Promise(done => child.on('close', done))
  await pipeline(Readable.from(mixedLog(PEAK_BYTES)), child.stdin)
  await closed
  const kilobytes = Number(said.trim())
  if (!(kilobytes > 0)) throw new Error(`the parser's process said no peak: ${JSON.stringify(said)}`)
  return [['parser-peak-mb', (kilobytes * 1024) / 1e6]]
}

/** A folder that is removed when this process ends, by itself or by Ctrl-C. */
function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'dmaspec-parser-'))
  const remove = () => rmSync(path, { recursive: true, force: true })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const interrupted = (signal: NodeJS.Signals) => {
    remove()
    process.off(signal, interrupted)
    process.kill(process.pid, signal)
  }
  for (const signal of signals) process.on(signal, interrupted)
  return {
    path,
    remove: () => {
      for (const signal of signals) process.off(signal, interrupted)
      remove()
    },
  }
}
