import t from 'tap'
import { readTaints } from './taint.ts'
import { takesLinearTime } from '../../linear.ts'

// What follows `Tainted: `, and the letters
const rows: [string, string][] = [
  ['G        W          6.3.0-rc7-syzkaller-g14f8db1c0f9a #0', 'G W'],
  ['G        W           7.0.0-rc2-gc5d053e4dccb #39 PREEMPT ', 'G W'],
  ['G        WC 4.14.130-ltsi-g28acae87 #1', 'G WC'],
  ['G        W  O      6.1.0-13-arm64 #1 Debian 6.1.55-1', 'G W O'],
  ['P           OE      6.8.0-45-generic #45-Ubuntu', 'P OE'],
  ['G    B D W  OE   X    6.12.0 #1', 'G B D W OE X'],
  ['GFSRMBUDAWCIOELKXTNJ 7.3.0 #1', 'GFSRMBUDAWCIOELKXTNJ'],
  ['G                 N  7.0.0 #1', 'G N'],
  ['G                  J 7.3.0 #1', 'G J'],
  // 4.4: 16 columns
  ['G        W       4.4.0-linaro #1', 'G W'],
  ['G      D         4.9.11 #1', 'G D'],
  // Releases that start with a capital
  ['G        W       XENOMAI-4.4 #1', 'G W'],
  ['G        W         Tegra-5.10 #1', 'G W'],
  ['G        W         J6-5.10 #1', 'G W'],
  ['G        W         JEN-5.10 #1', 'G W'],
  // RHEL has dashes for flags that it keeps
  ['G               ---------r-  - 4.18.0-80.el8.x86_64 #1', 'G'],
  // The release is on the next line
  ['G        W', 'G W'],
  ['G', 'G'],
  ['G        W  \r', 'G W'],
  // Blanks eaten on the way
  ['G W C 4.14.130 #1', 'G W C'],
  ['G W 7.0.0-rc3+ #1', 'G W'],
  ['G W Xen-4.14 #1', 'G W'],
  ['G W DEV 4.14 #1', 'G W'],
  ['G W DEL 4.14 #1', 'G W'],
  ['WARN 4.14 #1', ''],
  ['WX 4.14 #1', ''],
  // A line of its own
  ['[W]=WARN', 'W'],
  ['[S]=CPU_OUT_OF_SPEC, [W]=WARN, [O]=OOT_MODULE ', 'S W O'],
  ['[P]=PROPRIETARY_MODULE, [Z]=NEW_THING', 'P Z'],
  // Nothing
  ['', ''],
  ['[', ''],
  ['4.14 #1', ''],
  ['nothing at all', ''],
]
for (const [text, tainted] of rows) {
  t.test(JSON.stringify(text), async t => {
    const found = readTaints(text)
    t.equal(found.tainted, tainted)
    t.equal(found.taints.map(({ letter }) => letter).join(''), tainted.replaceAll(' ', ''))
  })
}

t.test('what the letters say', async t => {
  const meanings = (text: string) => readTaints(text).taints.map(({ meaning }) => meaning)
  t.same(meanings('G        W  O      6.1.0'), [
    'all modules are under the GPL, or the like',
    'the kernel warned before',
    'a module from outside the kernel tree was loaded',
  ])
  t.same(meanings('[O]=OOT_MODULE, [Z]=NEW_THING'), [
    'a module from outside the kernel tree was loaded',
    'NEW_THING',
  ])
})

t.test('nonsense costs no time', async t => {
  for (const part of [' ', 'G ', '[W]=WARN, ', '['])
    takesLinearTime(t, part, length => readTaints(part.repeat(length / part.length)), 2e5)
})
