import t from 'tap'
import { asAsked, differences, mixed, readConfig } from './config.ts'

const GOOD = `#
# Automatically generated file; DO NOT EDIT.
CONFIG_CC_VERSION_TEXT="gcc = 12"
CONFIG_A=y
# CONFIG_B is not set
CONFIG_N=4
CONFIG_M=m
CONFIG_TEXT="x"
`
const BAD = `CONFIG_CC_VERSION_TEXT="gcc = 12"
CONFIG_B=y
CONFIG_N=8
CONFIG_M=y
`

t.test('what two configurations have differently', async t => {
  const [good, bad] = [readConfig(GOOD), readConfig(BAD)]
  t.equal(good.get('CONFIG_CC_VERSION_TEXT'), '"gcc = 12"')
  const found = differences(good, bad)
  t.same(
    found.map(({ option, good, bad }) => `${option} ${good} ${bad}`),
    ['CONFIG_A y n', 'CONFIG_B n y', 'CONFIG_M m y', 'CONFIG_N 4 8', 'CONFIG_TEXT "x" n'],
  )
  t.same(differences(good, good), [])
  t.same(readConfig('CONFIG_A=y\n# CONFIG_A is not set\n').size, 0, 'the last line counts')
  t.same(readConfig('CONFIG_A=y\r\n').get('CONFIG_A'), 'y')
})

t.test('the good one with some options of the bad one, these last', async t => {
  const [good, bad] = [readConfig(GOOD), readConfig(BAD)]
  const all = differences(good, bad)
  t.same(differences(good, readConfig(mixed(good, []))), [])
  t.same(differences(bad, readConfig(mixed(good, all))), [])
  const lines = mixed(
    good,
    all.filter(({ option }) => /_[ABT]/.test(option)),
  )
    .trim()
    .split('\n')
  t.same(lines.slice(-2), ['CONFIG_A=n', 'CONFIG_B=y'])
  t.notOk(lines.includes('CONFIG_TEXT=n'))
})

t.test('an option that is off is asked to be', async t => {
  t.equal(asAsked('CONFIG_A=y\n# CONFIG_B is not set\n# a word\n'), 'CONFIG_A=y\nCONFIG_B=n\n# a word\n')
})
