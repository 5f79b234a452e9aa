import t from 'tap'
import { CellError } from '../errors.ts'
import { resolveCell, type Known } from './cell.ts'

const known: Known = {
  kernels: ['5.10', '6.1', '7.2', 'linux-next'],
  flavours: [
    { name: '64k', slower: 1 },
    { name: 'debug', slower: 10 },
  ],
  slower: kernel => (kernel === 'linux-next' ? 2 : 1),
  faults: kernel => (kernel.startsWith('6.1') ? ['bus-mask-always-set', 'domain-free-unguarded'] : []),
  overlays: ['bus-limit-32bit', 'sata-behind-ipmmu'],
}

t.test('everything has a default', async t => {
  t.same(resolveCell({}, known), {
    kernel: '6.1',
    faults: [],
    overlays: [],
    memory: 4n << 30n,
    cpus: 2,
    bootargs: '',
    timeout: 60,
  })
})

t.test('faults are sorted and named once; overlays keep their order', async t => {
  const faults = ['domain-free-unguarded', 'bus-mask-always-set', 'domain-free-unguarded']
  const overlays = ['sata-behind-ipmmu', 'bus-limit-32bit']
  const cell = resolveCell({ faults, overlays }, known)
  t.same(cell.faults, ['bus-mask-always-set', 'domain-free-unguarded'])
  t.same(cell.overlays, overlays)
})

t.test('a kernel in a slower flavour has more time, unless the cell says how much', async t => {
  t.match(resolveCell({ kernel: '6.1+debug' }, known), { kernel: '6.1+debug', timeout: 600 })
  t.equal(resolveCell({ kernel: '6.1+64k' }, known).timeout, 60)
  t.equal(resolveCell({ kernel: 'linux-next' }, known).timeout, 120)
  t.equal(resolveCell({ kernel: '6.1+debug', timeout: 5 }, known).timeout, 5)
})

t.test("a probe's plan is one line with single blanks", async t => {
  t.equal(resolveCell({ probe: ' api=sg  dir=to;\n api=page ' }, known).probe, 'api=sg dir=to; api=page')
  t.notOk('probe' in resolveCell({}, known))
})

const nonsense = [
  {
    cell: { kernel: '6.2' },
    says: "unknown kernel '6.2'; there are: 5.10, 6.1, 7.2, linux-next (did you mean '6.1'?)",
  },
  { cell: { kernel: 'windows' }, says: "unknown kernel 'windows'; there are: 5.10, 6.1, 7.2, linux-next" },
  {
    cell: { kernel: '6.1+debg' },
    says: "unknown flavour 'debg'; there are: 64k, debug (did you mean 'debug'?)",
  },
  { cell: { kernel: '6.1+' }, says: "unknown flavour ''; there are: 64k, debug" },
  {
    cell: { kernel: '6.2+debug' },
    says: "unknown kernel '6.2'; there are: 5.10, 6.1, 7.2, linux-next (did you",
  },
  { cell: { kernel: '6.1+debug+64k' }, says: "unknown flavour 'debug+64k'; there are: 64k, debug" },
  {
    cell: { faults: ['bus-mask-alway-set'] },
    says:
      "unknown fault of linux 6.1 'bus-mask-alway-set'; there are: bus-mask-always-set, " +
      "domain-free-unguarded (did you mean 'bus-mask-always-set'?)",
  },
  { cell: { kernel: '7.2', faults: ['x'] }, says: "unknown fault of linux 7.2 'x'; there are none" },
  {
    cell: { overlays: ['bus-limit-23bit'] },
    says:
      "unknown overlay 'bus-limit-23bit'; there are: bus-limit-32bit, sata-behind-ipmmu " +
      "(did you mean 'bus-limit-32bit'?)",
  },
  { cell: { overlays: ['../../etc/passwd'] }, says: "unknown overlay '../../etc/passwd'; there are:" },
  { cell: { cpus: 0 }, says: 'cpus must be a whole number from 1 to 4, not 0' },
  { cell: { cpus: 1.5 }, says: 'cpus must be a whole number from 1 to 4, not 1.5' },
  { cell: { timeout: NaN }, says: 'timeout must be a number from 0.1 to 3600, not NaN' },
  { cell: { timeout: 1e9 }, says: 'timeout must be a number from 0.1 to 3600, not 1000000000' },
  { cell: { bootargs: 'a\nb' }, says: 'bootargs must be printable ASCII on one line' },
  { cell: { bootargs: 'x dmaspec.nonce=1' }, says: 'dmaspec.nonce belongs to the harness' },
  { cell: { bootargs: '"dmaspec.probe=api=sg' }, says: 'dmaspec.probe belongs to the harness' },
  { cell: { probe: 'api=sg "x"' }, says: `a probe's plan has letters, digits and = ; _ . - only, not "\\""` },
  { cell: { probe: 'api=sg,dir=to' }, says: "a probe's plan has letters, digits and = ; _ . - only, not" },
  { cell: { probe: ' ' }, says: "probe '' is no plan: write it like 'api=single dir=to size=0x1000'" },
  { cell: { probe: 'a=' + 'x'.repeat(1499) }, says: "the probe's plan is too long: 1501 characters of at" },
  {
    cell: { probe: 'a=' + 'x'.repeat(1399), bootargs: 'x'.repeat(100) },
    says: "the probe's plan is too long: 1401 characters of at most 1400",
  },
  { cell: { bootargs: 'x'.repeat(1501) }, says: 'bootargs are too long: 1501 characters of at most 1500' },
]

for (const { cell, says } of nonsense) {
  t.test(says.slice(0, 60), async t => {
    const error = t.throws(() => resolveCell(cell, known), CellError) as CellError
    t.equal(error.message.slice(0, says.length), says)
  })
}
