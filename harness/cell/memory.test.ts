import t from 'tap'
import { CellError } from '../errors.ts'
import { formatMemory, GiB, MiB, parseMemory } from './memory.ts'

for (const [size, bytes] of [
  ['4G', 4n * GiB],
  ['4g', 4n * GiB],
  ['4GiB', 4n * GiB],
  ['512M', 512n * MiB],
  ['4096MB', 4n * GiB],
  [' 256M ', 256n * MiB],
  [8n * GiB, 8n * GiB],
] as const) {
  t.test(`${size} is ${bytes} bytes`, async t => t.equal(parseMemory(size), bytes))
}

for (const size of [
  '',
  '4',
  'G',
  '4096',
  '4K',
  '1T',
  '-1G',
  '1.5G',
  '4 G',
  '4G4G',
  '0x100M',
  '9'.repeat(40) + 'M',
]) {
  t.test(`'${size}' is no size`, async t => {
    t.throws(() => parseMemory(size), new CellError(`memory '${size}' is no size: write it like 4G or 512M`))
  })
}

for (const size of ['255M', '0G', '9G', 8n * GiB + MiB]) {
  t.test(`${size} is out of range`, async t => {
    t.throws(() => parseMemory(size), {
      name: 'CellError',
      message: /out of range: the board takes 256M to 8G/,
    })
  })
}

t.test('half a MiB is refused', async t => {
  t.throws(() => parseMemory(GiB + MiB / 2n), { name: 'CellError', message: /not a whole number of MiB/ })
})

t.test('sizes are written as short as can be', async t => {
  t.equal(formatMemory(4n * GiB), '4G')
  t.equal(formatMemory(4n * GiB + MiB), '4097M')
})
