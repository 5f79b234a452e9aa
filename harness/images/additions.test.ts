import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../project.ts'
import { type Addition, additions, addTo, additionPaths, whyNoRoom } from './additions.ts'

const addition: Addition = {
  fact: 'probe',
  from: 'ours.c',
  to: 'drivers/misc/ours.c',
  makefile: 'drivers/misc/Makefile',
  line: 'obj-y += ours.o',
}

t.test('every addition is a file of this project', async t => {
  for (const { from } of additions) t.ok(existsSync(join(projectRoot, from)), from)
})

t.test('a file of ours comes with a line in a Makefile, which may lack its last line end', async t => {
  for (const before of ['obj-y += a.o\n', 'obj-y += a.o']) {
    const dir = t.testdir({ 'ours.c': 'ours\n', linux: { drivers: { misc: { Makefile: before } } } })
    addTo(join(dir, 'linux'), addition, dir)
    const read = (path: string) => readFileSync(join(dir, 'linux', path), 'utf8')
    t.same(additionPaths(addition).map(read), ['ours\n', 'obj-y += a.o\nobj-y += ours.o\n'])
  }
})

t.test('a tree without that Makefile, or with such a file of its own, has no room', async t => {
  const tree = (...paths: string[]) => ({ has: (path: string) => paths.includes(path) })
  t.equal(whyNoRoom(tree(addition.makefile), addition), null)
  t.equal(whyNoRoom(tree(), addition), 'there is no drivers/misc/Makefile')
  t.equal(whyNoRoom(tree(addition.makefile, addition.to), addition), 'there is a drivers/misc/ours.c already')
})
