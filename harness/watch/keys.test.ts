import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { UnbuildableError } from '../errors.ts'
import { compilerLines } from './compiler.ts'
import { actionsOf, keyLine } from './keys.ts'

t.test('keys as a terminal sends them', async t => {
  t.same(actionsOf('r\rfscq\x03'), ['again', 'again', 'failed', 'shell', 'console', 'quit', 'interrupt'])
  t.same(actionsOf('x\x1b[Z'), [], 'others do nothing')
  t.equal(keyLine(), 'r run again · f failed only · s shell · c console · q quit')
})

t.test('a build that failed is shown as the compiler said it, by the paths that the user knows', async t => {
  const log = join(t.testdir({}), 'log')
  const mirror = '/home/me/.cache/dmaspec/work/tree-0123456789abcdef0123/source'
  writeFileSync(
    log,
    `$ make\nmake[1]: Entering directory 'x'\n  CC      a.o\n${mirror}/a.c: In function 'f':\n${mirror}/a.c:1:2: error: no\n    1 | f\x1b[2J\nmake: *** Error 2\n`,
  )
  const lines = compilerLines(new UnbuildableError('make exited 2', { log }))
  t.same(lines, ["a.c: In function 'f':", 'a.c:1:2: error: no', '    1 | f\ufffd[2J'])
  t.same(compilerLines(new UnbuildableError('a patch does not apply')), ['a patch does not apply'])
})
