/** For tests: a repository of a few commits, and what a kernel of each would have come to. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Watcher } from './bisect.ts'
import type { Judgement } from './judgement.ts'
import { sha256 } from '../images/inputs.ts'
import type { Question } from './question.ts'

export function judgement(over: Partial<Judgement> = {}): Judgement {
  return {
    status: 'judged',
    signatures: [],
    why: null,
    failed: (over.signatures?.length ?? 0) > 0,
    tests: [{ path: ['spec', 'a test'], unasked: null }],
    out: null,
    log: null,
    seconds: { build: 60, specs: 5 },
    mended: [],
    ...over,
  }
}

/** A repository in `dir` with commits 0 to `commits`, one after the other; returns their ids. */
export function sampleRepository(dir: string, commits: number): string[] {
  mkdirSync(dir, { recursive: true })
  const who = ['-c', 'user.name=A U Thor', '-c', 'user.email=author@example.com']
  const git = (...argv: string[]) =>
    execFileSync('git', [...who, '-C', dir, ...argv])
      .toString()
      .trim()
  git('init', '--quiet', '--initial-branch=main')
  return Array.from({ length: commits + 1 }, (_, number) => {
    writeFileSync(join(dir, 'file'), `${number}\n`)
    git('add', 'file')
    git('commit', '--quiet', '--message', `change ${number}\n\nSigned-off-by: B <b@example.com>`)
    return git('rev-parse', 'HEAD')
  })
}

export function question(tree: string, good: string, bad: string, over: Partial<Question> = {}): Question {
  return {
    ...{ tree, good, bad, specs: ['report'], signature: undefined, runs: 1, badOf: 1 },
    ...{ patches: [], fragments: [], flavour: null },
    ...over,
  }
}

export const noWatcher: Watcher = { judging() {}, judged() {}, wanted() {}, resumed() {} }

/** Of all files below a folder: names, times, modes and contents. */
export function hashOfAll(dir: string): string {
  const rows = readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .sort()
    .map(path => {
      const found = statSync(join(dir, path))
      const content = found.isFile() ? sha256(readFileSync(join(dir, path))) : ''
      return `${path} ${found.mode} ${found.mtimeMs} ${content}`
    })
  return sha256(rows.join('\n'))
}
