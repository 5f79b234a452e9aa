import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { givenKernelOf, givenKernels, giveKernels, givenName, type GivenKernel } from './given.ts'

const image: GivenKernel = { kind: 'image', name: 'Image-6.9', version: '6.9.0', entry: 'image-1', slower: 1 }

t.test('a kernel that was given is known to whoever has the variable', async t => {
  const root = t.testdir({})
  const environment: NodeJS.ProcessEnv = {}
  t.same(givenKernels(environment), [])
  giveKernels(root, [image], environment)
  t.same(givenKernels(environment), [image])
  t.same(givenKernelOf('Image-6.9', environment), image)
  t.equal(givenKernelOf('6.9', environment), undefined)
  giveKernels(root, [image], environment)
  t.equal(readdirSync(join(root, 'given')).length, 1, 'the same kernels, the same file')
})

t.test('a file that names none is an ImageError', async t => {
  const file = join(t.testdir({}), 'given.json')
  for (const content of ['[{"kind":"tree"}]', 'no json']) {
    writeFileSync(file, content)
    t.throws(() => givenKernels({ DMASPEC_GIVEN: file }), { name: 'ImageError', message: /names no kernels/ })
  }
  t.throws(() => givenKernels({ DMASPEC_GIVEN: '/nowhere' }), { name: 'ImageError' })
})

t.test('names are safe in files, and no series', async t => {
  t.equal(givenName('linux', 'v6.9'), 'linux-v6.9')
  t.equal(givenName('6.1'), 'linux-6.1')
  t.equal(givenName('../a b', 'feature/x+y', ''), 'a-b-feature-x-y')
  t.equal(givenName('..', ''), 'tree')
  t.ok(givenName('x'.repeat(300)).length <= 60)
})
