import t from 'tap'
import { droppedOptions } from './kernel-config.ts'
import { kernelFiles, kernelName } from './kernel.ts'

t.test('what Kconfig dropped of the fragment is found', async t => {
  const config = 'CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_N=4\nCONFIG_VT=y\nCONFIG_S="a b"\n'
  t.same(
    droppedOptions('# words\nCONFIG_A=y\nCONFIG_N=4\nCONFIG_S="a b"\nCONFIG_B=n\nCONFIG_C=n\n\n', config),
    [],
  )
  t.same(droppedOptions('CONFIG_B=y\nCONFIG_C=y \nCONFIG_N=8\nCONFIG_VT=n\nCONFIG_A=y', config), [
    'CONFIG_B=y',
    'CONFIG_C=y',
    'CONFIG_N=8',
    'CONFIG_VT=n',
  ])
})

t.test('a later line for the same option takes the earlier one back', async t => {
  const common = 'CONFIG_A=y\nCONFIG_OLD=y\n'
  t.same(droppedOptions(`${common}CONFIG_OLD=n\n`, 'CONFIG_A=y\n'), [])
  t.same(droppedOptions(`${common}CONFIG_OLD=n\n`, 'CONFIG_A=y\nCONFIG_OLD=y\n'), ['CONFIG_OLD=n'])
  t.same(droppedOptions(`${common}CONFIG_OLD=n\nCONFIG_OLD=y`, 'CONFIG_A=y\n'), ['CONFIG_OLD=y'])
  t.same(droppedOptions(`CONFIG_OLD=n\n${common}`, 'CONFIG_A=y\n'), ['CONFIG_OLD=y'], 'not an earlier one')
})

t.test('a kernel is named for its series and its faults, in one order', async t => {
  t.equal(kernelName('6.1', []), 'linux-6.1')
  t.equal(kernelName('6.1', ['b', 'a']), 'linux-6.1-a+b')
})

t.test('observation comes before faults; files of a series are optional', async t => {
  const root = t.testdir({ images: { kernel: { '9.9': { 'observe.patch': '', 'config.fragment': '' } } } })
  t.same(kernelFiles('9.9', ['b', 'a'], root), {
    patches: ['observe.patch', 'faults/a.patch', 'faults/b.patch'].map(file => `images/kernel/9.9/${file}`),
    fragments: ['images/kernel/config.fragment', 'images/kernel/9.9/config.fragment'],
  })
  t.same(kernelFiles('9.8', [], root), { patches: [], fragments: ['images/kernel/config.fragment'] })
})
