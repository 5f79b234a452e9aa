import t from 'tap'
import { flavourFragments, flavours, readFlavour } from './flavours.ts'
import { kernelName } from './kernel.ts'
import { joinName, splitName } from './kernel-name.ts'

t.test('a flavour is a file; it says what it is and how slow', async t => {
  const root = t.testdir({
    images: {
      kernel: {
        flavours: {
          'b.fragment': '# Words.\n# dmaspec: slower 2.5\nCONFIG_B=y\n',
          'a.fragment': 'CONFIG_A=y\n',
          notes: '',
        },
        '9.9': { flavours: { 'b.fragment': 'CONFIG_B=n\n' } },
      },
    },
  })
  t.same(flavours(root), [
    { name: 'a', title: '', slower: 1 },
    { name: 'b', title: 'Words.', slower: 2.5 },
  ])
  t.same(flavourFragments('9.9', 'b', root), [
    'images/kernel/flavours/b.fragment',
    'images/kernel/9.9/flavours/b.fragment',
  ])
  t.same(flavourFragments('9.8', 'b', root), ['images/kernel/flavours/b.fragment'])
  t.same(flavourFragments('9.9', null, root), [])
})

t.test('a line about slowness is no title', async t => {
  t.same(readFlavour('x', '# dmaspec: slower 10\n# Words.\n'), { name: 'x', title: 'Words.', slower: 10 })
})

t.test('those of this project', async t => {
  const found = flavours()
  t.same(
    found.map(({ name }) => name),
    ['64k', 'crash-kasan', 'crash', 'debug', 'gdb'],
  )
  t.ok(found.every(({ title, slower }) => title !== '' && slower >= 1))
})

t.test('names', async t => {
  t.same(splitName('6.1+debug'), { series: '6.1', flavour: 'debug' })
  t.same(splitName('6.1'), { series: '6.1', flavour: null })
  t.equal(joinName('6.1', 'debug'), '6.1+debug')
  t.equal(joinName('6.1', null), '6.1')
  t.equal(kernelName('6.1+debug', ['b', 'a']), 'linux-6.1+debug-a+b')
})
