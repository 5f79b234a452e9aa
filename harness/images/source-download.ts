import { readFileSync, rmSync, statSync } from 'node:fs'
import { ImageError } from '../errors.ts'
import type { BuildContext } from './context.ts'
import { diskFull } from './failure.ts'
import { start } from './run.ts'

export interface DownloadOptions {
  /** Grows as the download goes on; what an earlier run left there is gone on with. */
  file: string
  /** The most that may be stalled, in seconds. */
  stall?: number
}

/** What curl's exit statuses mean to who runs dmaspec; curl's own words follow. */
const reasons: Record<number, string> = {
  6: 'its host name is unknown',
  7: 'nothing answers there',
  18: 'the connection ended too early',
  22: 'the server refused',
  28: 'the server is too slow',
  35: 'no TLS connection',
  47: 'it redirects without an end',
  52: 'the server answered nothing',
  56: 'the connection broke',
  60: "the server's certificate is not trusted",
}

/** After these, what has come so far is right, and the rest is worth another try. */
const worthAnotherTry = new Set([18, 52, 56])

const DISK_FULL = 23

/**
 * Downloads a URL with curl, which knows the machine's proxies and certificates. One that was cut off is gone on with
 * where it ended, now and in the next run; an ImageError if it can't be had.
 */
export async function download(
  context: BuildContext,
  url: string,
  { file, stall = 30 }: DownloadOptions,
): Promise<void> {
  const step = context.progress.step(`downloading ${url}`)
  const headers = `${file}.headers`
  const size = () => statSync(file, { throwIfNoEntry: false })?.size ?? 0
  const timer = setInterval(() => {
    const all = totalSize(headers)
    step.update(all ? size() / all : undefined, `${(size() / 1e6).toFixed(1)} MB`)
  }, 250)
  try {
    for (let left = 5; ; left--) {
      const before = size()
      const { exitCode, lines } = await start(curl(url, file, headers, stall), {
        cwd: context.root,
        signal: context.signal,
        what: 'curl',
      })
      if (exitCode === 0) break
      const words = (lines.at(-1) ?? '').replace(/^curl: \(\d+\) /, '')
      const cantResume = exitCode === 33 || /error: 416/.test(words)
      if (cantResume && before > 0) rmSync(file, { force: true })
      else if (exitCode === DISK_FULL) throw diskFull(file)
      else if (!worthAnotherTry.has(exitCode) || size() <= before || left <= 0)
        throw failed(url, exitCode, words, size())
    }
    step.done(`${(size() / 1e6).toFixed(1)} MB`)
  } finally {
    clearInterval(timer)
    rmSync(headers, { force: true })
  }
}

function curl(url: string, file: string, headers: string, stall: number): string[] {
  return [
    ...['curl', '--fail', '--location', '--max-redirs', '10', '--silent', '--show-error'],
    ...['--proto', '=http,https,file', '--proto-redir', '=http,https'],
    ...['--connect-timeout', String(stall), '--speed-limit', '1', '--speed-time', String(stall)],
    ...['--continue-at', '-', '--dump-header', headers, '--output', file, '--url', url],
  ]
}

function failed(url: string, exitCode: number, words: string, size: number): ImageError {
  const kept = size > 0 ? `; ${(size / 1e6).toFixed(1)} MB are kept, the next run goes on from there` : ''
  return new ImageError(`${url}: ${reasons[exitCode] ?? `curl exited ${exitCode}`} (${words})${kept}`)
}

/** The size of the whole file, as the last answer's headers have it. */
export function totalSize(headersFile: string): number | undefined {
  try {
    const answer = readFileSync(headersFile, 'latin1').trimEnd().split('\r\n\r\n').at(-1) ?? ''
    const range = /^content-range: bytes \d+-\d+\/(\d+)/im.exec(answer)?.[1]
    const length = /^content-length: (\d+)/im.exec(answer)?.[1]
    return Number(range ?? length) || undefined
  } catch {
    return undefined
  }
}
