import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { seedTree } from './seed.ts'

function tree(dir: string, source: string): string {
  const file = join(dir, 'board.dtb')
  execFileSync('dtc', ['-I', 'dts', '-O', 'dtb', '-o', file, '-'], { input: `/dts-v1/; / { ${source} };` })
  return file
}

const seedIn = (file: string) =>
  execFileSync('fdtget', ['-t', 'bx', file, '/chosen', 'rng-seed']).toString().trim().split(' ')

t.test('a tree gets 256 bits that no other has, and keeps the rest', async t => {
  const one = tree(t.testdir({}), 'chosen { bootargs = "x"; };')
  await seedTree(one)
  const first = seedIn(one)
  t.equal(first.length, 32)
  t.equal(execFileSync('fdtget', [one, '/chosen', 'bootargs']).toString().trim(), 'x')
  await seedTree(one)
  t.strictNotSame(seedIn(one), first)
})

t.test('one without /chosen, too; bytes are bytes', async t => {
  const file = tree(t.testdir({}), '')
  await seedTree(file, Buffer.from([0, 15, 255]))
  t.same(seedIn(file), ['0', 'f', 'ff'])
})

t.test('what is no tree is refused', async t => {
  await t.rejects(seedTree(join(t.testdir({ 'board.dtb': 'no' }), 'board.dtb')), {
    name: 'InfraError',
    message: /fdtput can't put a seed into .*board.dtb/,
  })
})
