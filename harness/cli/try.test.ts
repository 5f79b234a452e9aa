import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'

const BIN = fileURLToPath(new URL('../../bin/dmaspec.js', import.meta.url))

t.setTimeout(240_000)

/** Runs the command in a folder with a diff and a mail without one, and with an empty cache. */
function dmaspec(t: Test, args: readonly string[]) {
  const cwd = t.testdir({
    'fix.patch': '--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-a\n+b\n',
    'words.eml': 'From: me\nSubject: Re: hello\n\nNo.\n',
    'a.config': 'CONFIG_A=y\n',
    linux: {},
    mine: { 'thesis.tex': '' },
  })
  const before = readdirSync(cwd)
  const cache = join(t.testdirName, '..', 'empty-cache')
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    env: { ...process.env, DMASPEC_CACHE: cache },
    encoding: 'utf8',
  })
  return { status, stdout, stderr, isAsBefore: readdirSync(cwd).join() === before.join() }
}

const refused: Record<string, RegExp> = {
  'try fix.patch': /required option '--tree <dir>' not specified/,
  'try --tree linux': /missing required argument 'patch'/,
  'try --tree linux nowhere.patch': /^dmaspec: nowhere\.patch is no file$/m,
  'try --tree linux words.eml':
    /^dmaspec: words\.eml: there is no patch in it\n {2}left out 'hello': an answer$/m,
  'try --tree nowhere fix.patch': /^dmaspec: --tree nowhere is no folder$/m,
  'try --tree linux fix.patch': /^dmaspec: .*linux is no Linux kernel: it has no Makefile$/m,
  'try --tree linux --spec nothing fix.patch': /^dmaspec: unknown spec 'nothing'/m,
  'try --tree linux --flavour odd fix.patch': /^dmaspec: unknown flavour 'odd'/m,
  'try --tree linux --jobs 0 fix.patch': /There must be at least one/,
  'config-bisect --tree linux --good a.config': /required option '--bad <file>' not specified/,
  'config-bisect --tree linux --good a.config --bad no.config': /^dmaspec: --bad no\.config is no file$/m,
  'config-bisect --tree linux --good a.config --bad fix.patch':
    /^dmaspec: --bad fix\.patch is no configuration: line 1 /m,
  'config-bisect --tree nowhere --good a.config --bad a.config': /^dmaspec: --tree nowhere is no folder$/m,
}
for (const [args, says] of Object.entries(refused)) {
  t.test(`refused: ${args}`, async t => {
    const { status, stdout, stderr, isAsBefore } = dmaspec(t, args.split(' '))
    t.equal(status, 2)
    t.equal(stdout, '')
    t.match(stderr, says)
    t.ok(isAsBefore, 'nothing is left behind')
  })
}

t.test('--help says how, and is no error', async t => {
  for (const command of ['try', 'config-bisect']) {
    const { status, stdout } = dmaspec(t, [command, '--help'])
    t.equal(status, 0)
    t.match(stdout, /Examples:\n.*Exit status: 0 /s)
  }
})
