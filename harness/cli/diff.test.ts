import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { QUIET, REFUSED, type Excerpt } from '../diff/excerpts.ts'
import { cellOf, reportJson, runOf } from '../diff/sample.ts'

const BIN = fileURLToPath(new URL('../../bin/dmaspec.js', import.meta.url))

t.setTimeout(120_000)

const files = (excerpt: Excerpt, more = '') => ({
  'report.json': reportJson(excerpt),
  'console.log': excerpt.console.replace('scsi host0', `${more}scsi host0`),
})

function diff(t: Test, ...args: string[]) {
  const cwd = t.testdir({
    quiet: files(QUIET),
    same: files(QUIET),
    worded: files(QUIET, 'a new message\n'),
    refused: files(REFUSED),
    run: {
      'results.json': JSON.stringify(runOf([cellOf('6.1', 'a'), cellOf('6.12', 'a', { verdict: 'failed' })])),
    },
  })
  return spawnSync(process.execPath, [BIN, 'diff', ...args], { cwd, encoding: 'utf8' })
}

const cases: Record<string, [number, RegExp]> = {
  'quiet same': [0, /^No difference\.$/m],
  'quiet worded': [0, /^Behaviour is the same; /m],
  'quiet worded --dmesg': [1, /^ {2}\+ a new message$/m],
  'quiet refused': [1, /^Behaviour changed: 7 differences\.$/m],
  'quiet/report.json refused --markdown': [1, /^### dmaspec diff: Behaviour changed/],
  'quiet refused --json': [1, /^\{\n {2}"before": \{\n {4}"path": "quiet"/],
  'run:6.1 :6.12': [1, /^a +passed +failed +1 difference$/m],
  '--help': [0, /Exit status: 0 behaviour is the same, 1 it changed, 2 /],
}
for (const [args, [status, says]] of Object.entries(cases)) {
  t.test(args, async t => {
    const run = diff(t, ...args.split(' '))
    t.equal(run.status, status)
    t.match(run.stdout, says)
    t.equal(run.stderr, '')
    t.notMatch(run.stdout, '\x1b', 'no colors in a pipe')
  })
}

const refused: Record<string, RegExp> = {
  quiet: /missing required argument 'B'/,
  'quiet none': /^dmaspec: there is no none: /,
  'quiet run': /^dmaspec: run is a run, and quiet is a boot: /,
  'quiet same --lines many': /It is not a whole number/,
  'quiet same --json --markdown': /^dmaspec: --json and --markdown: take one/,
}
for (const [args, says] of Object.entries(refused)) {
  t.test(`refused: ${args}`, async t => {
    const run = diff(t, ...args.split(' '))
    t.equal(run.status, 2)
    t.match(run.stderr, says)
    t.equal(run.stdout, '')
  })
}
