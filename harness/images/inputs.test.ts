import { chmodSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { fileInputs, keyOf } from './inputs.ts'

t.test('a key depends on every name and value, and not on their order', async t => {
  const key = keyOf({ compiler: 'gcc 12', package: '6.1.192-2' })
  t.equal(key, keyOf({ package: '6.1.192-2', compiler: 'gcc 12' }))
  t.not(key, keyOf({ package: '6.1.192-2', compiler: 'gcc 13' }))
  t.not(key, keyOf({ package: '6.1.192-2', compilers: 'gcc 12' }))
  t.not(key, keyOf({ package: '6.1.192-2' }))
  t.not(keyOf({ a: 'b', c: 'd' }), keyOf({ a: 'b","c":"d' }))
  t.match(key, /^[0-9a-f]{20}$/)
})

t.test('files count by path and content, not by time or mode', async t => {
  const dir = t.testdir({ hw: { 'a.c': 'one', deep: { 'b.c': 'two' } }, other: 'x' })
  const before = fileInputs(dir, ['hw'])
  t.same(Object.keys(before), ['hw/a.c', 'hw/deep/b.c'])
  utimesSync(join(dir, 'hw/a.c'), 1, 1)
  chmodSync(join(dir, 'hw/a.c'), 0o600)
  t.same(fileInputs(dir, ['hw']), before)
  t.not(fileInputs(t.testdir({ hw: { 'a.c': 'One' } }), ['hw'])['hw/a.c'], before['hw/a.c'])
})

t.test('a folder that is not there has no files', async t => {
  t.same(fileInputs(t.testdir({}), ['none']), {})
})
