import t from 'tap'
import { commandsOf } from './commands.ts'
import { missingFrom, withoutChance } from './excerpt.ts'
import { stepsOf } from './steps.ts'

const FENCE = '```'
const page = (...blocks: [string, string][]) =>
  blocks.map(([language, text]) => `words\n\n${FENCE}${language}\n${text}\n${FENCE}\n`).join('\n')

t.test('a page is files, patches and commands with what they print', async t => {
  const steps = stepsOf(
    page(
      ['ts', '// specs/my.spec.ts\nimport t'],
      ['ts', 'const fragment = 1'],
      ['dts', '// dts/mine.dtso\n/dts-v1/;'],
      ['diff', '--- a/x\n+++ b/x'],
      ['sh', 'npx dmaspec boot  # exits 1: it crashed\nnpx dmaspec diff a b'],
      ['', 'Behaviour is the same.'],
      ['text', 'A --> B'],
    ),
  )
  t.match(steps, [
    { is: 'file', path: 'specs/my.spec.ts', text: '// specs/my.spec.ts\nimport t\n', line: 4 },
    { is: 'file', path: 'dts/mine.dtso' },
    { is: 'patch', text: '--- a/x\n+++ b/x\n' },
    { is: 'command', text: 'npx dmaspec boot  # exits 1: it crashed', exits: 1, output: null },
    { is: 'command', text: 'npx dmaspec diff a b', exits: 0, output: 'Behaviour is the same.' },
  ])
  t.equal(steps.length, 5)
})

t.test('an output that is of no command has no place', async t => {
  t.throws(() => stepsOf(page(['', 'so it says'])), /line 4: a block without a language/)
  t.throws(() => stepsOf(page(['sh', 'true'], ['', 'one'], ['', 'two'])), /a block without a language/)
})

t.test('a command ends where the shell would run it', async t => {
  const text = `# a comment
git bisect run sh -c 'dmaspec run
  dmaspec diff'   # don't stop
dmaspec boot \\
  --json

cat >x <<'END'
it's
END
echo "a # b" # exits 3`
  t.same(
    commandsOf(text, 10).map(({ line, exits }) => [line, exits]),
    [
      [11, 0],
      [13, 0],
      [16, 0],
      [19, 3],
    ],
  )
  t.throws(() => commandsOf("echo 'a", 7), /line 7: 'echo 'a' has no end/)
})

t.test('what chance has a say in is not compared; all else is', async t => {
  const output = `linux 6.1.193, 399 transfers, 399 translated\n\n  oops      none\n  ipmmu_domain_free+0x18/0xc0`
  t.equal(missingFrom(output, 'linux 6.1.192, 344 transfers, 0 translated'), null)
  t.equal(
    missingFrom(output, 'linux 6.1.192, 344 transfers, 0 translated\n…\n  ipmmu_domain_free+0x20/0xd0'),
    null,
  )
  t.equal(missingFrom(output, 'oops none'), null)
  t.equal(missingFrom(output, 'oops null-deref'), 'oops null-deref')
  t.equal(
    missingFrom(output, 'linux 6.1.192, 1 transfers, 1 translated\noops none'),
    'oops none',
    'a line is missing',
  )
  t.equal(missingFrom(output, 'oops none\n…\nlinux 6.1.1'), 'linux 6.1.1', 'another order')
  t.equal(
    withoutChance('[    1.834889] phys 0x5009d9000 in e67b0000.iommu at 0x40, exit 2'),
    '[<time>] phys <address> in e67b0000.iommu at 0x40, exit 2',
  )
})
