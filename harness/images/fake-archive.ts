/** For tests: a kernel that is all Makefile, in tarballs on a server of our own. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { BuildContext } from './context.ts'

export function makeKernel(dir: string): string {
  const kernel = join(dir, 'linux-6.9')
  mkdirSync(join(kernel, 'arch/arm64'), { recursive: true })
  writeFileSync(join(kernel, 'arch/arm64/Kconfig'), '')
  writeFileSync(join(kernel, 'Kconfig'), '')
  writeFileSync(
    join(kernel, 'Makefile'),
    '# SPDX\nVERSION = 6\nPATCHLEVEL = 9\nSUBLEVEL = 0\nEXTRAVERSION = -rc1\n',
  )
  writeFileSync(
    join(kernel, 'filling'),
    Buffer.from(Array.from({ length: 300_000 }, () => Math.random() * 256)),
  )
  return kernel
}

/** linux-6.9.tar and .tar.xz of makeKernel(), or of whatever `tar` is told to put in. */
export function makeTarball(dir: string, args: string[] = ['linux-6.9'], name = 'linux-6.9'): string {
  const tar = join(dir, `${name}.tar`)
  execFileSync('tar', ['-C', dir, '-cf', tar, ...args], { stdio: 'ignore' })
  execFileSync('xz', ['--keep', '--force', '-0', tar])
  return `${tar}.xz`
}

export type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void

/** Serves the files of a folder on loopback; `how` answers in place of the usual for as long as it is set. */
export async function serve(dir: string) {
  const asked: string[] = []
  const archive: { url: string; asked: string[]; how: Answer | undefined; close(): void } = {
    url: '',
    asked,
    how: undefined,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  const server = createServer((request, response) => {
    const { url = '/', headers } = request
    asked.push(`${url} ${headers.range ?? ''}`.trim())
    let body: Buffer
    try {
      body = readFileSync(join(dir, url))
    } catch {
      response.writeHead(404).end()
      return
    }
    const from = Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0)
    if (archive.how) return archive.how(request, response, body)
    if (from > 0) {
      const range = `bytes ${from}-${body.length - 1}/${body.length}`
      response.writeHead(206, { 'content-range': range, 'content-length': body.length - from })
    } else response.writeHead(200, { 'content-length': body.length })
    response.end(body.subarray(from))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  archive.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return archive
}

/** A context whose progress is kept for the test to read. */
export function testContext(root: string): BuildContext & { said: string[] } {
  const said: string[] = []
  const progress = {
    step: (title: string) => {
      said.push(title)
      return { update() {}, done() {} }
    },
    note: (line: string) => void said.push(line),
    stop() {},
  }
  return { root, progress, signal: new AbortController().signal, update: false, said }
}
