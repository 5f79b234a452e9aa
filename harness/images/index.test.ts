import t from 'tap'
import {
  buildImages,
  buildRoot,
  faultSets,
  knownFaults,
  knownSeries,
  needInitramfs,
  needKernel,
  needQemu,
} from './index.ts'
import { cacheInUse, canWrite } from './lock.ts'
import { progressOn } from './progress.ts'

t.before(() => {
  process.env['DMASPEC_CACHE'] = t.testdir({})
})

t.test('what is not built is an ImageError with the command that builds it', async t => {
  const isImageError = (message: RegExp) => ({ name: 'ImageError', message })
  await t.rejects(
    needQemu(),
    isImageError(/^the emulator .* is not built from these sources: run make images$/),
  )
  await t.rejects(needInitramfs(), isImageError(/run make images$/))
  await t.rejects(needKernel('6.1'), isImageError(/^linux 6\.1 is not built .*run make images$/))
  const pair = ['domain-free-unguarded', 'bus-mask-always-set']
  await t.rejects(
    needKernel('6.1', pair),
    isImageError(
      /^linux 6\.1 with bus-mask-always-set and domain-free-unguarded is not built .*run make images$/,
    ),
  )
})

t.test('an unknown kernel or fault is a CellError', async t => {
  await t.rejects(needKernel('2.6'), {
    name: 'CellError',
    message: /unknown kernel '2\.6'; there are: (.*, )?6\.1\b/,
  })
  await t.rejects(needKernel('6.1', ['nope']), {
    name: 'CellError',
    message: /unknown fault of linux 6\.1 'nope'; .*bus-mask-always-set/,
  })
})

t.test('known series and faults; the report’s two faults are also built as a pair', async t => {
  t.ok(knownSeries().includes('6.1'))
  t.same(knownFaults('0.0'), [])
  t.same(faultSets('0.0'), [[]])
  const sets = faultSets('6.1').map(set => set.join('+'))
  for (const set of ['', ...knownFaults('6.1'), 'bus-mask-always-set+domain-free-unguarded'])
    t.ok(sets.includes(set), set)
  t.equal(new Set(sets).size, sets.length)
})

t.test('in a cache that can’t be written nothing is built: what is missing is said', async t => {
  const before = process.env['DMASPEC_CACHE'] ?? ''
  t.teardown(() => (process.env['DMASPEC_CACHE'] = before))
  t.equal(canWrite(before), true)
  // Nobody makes folders there, root neither.
  process.env['DMASPEC_CACHE'] = '/sys/dmaspec'
  t.equal(canWrite('/sys/dmaspec'), false)
  t.equal(await cacheInUse('/sys/dmaspec'), undefined)
  const { signal } = new AbortController()
  await t.rejects(buildImages({ kernels: [], progress: progressOn(process.stderr), signal }), {
    name: 'ImageError',
    message: /^the emulator .* is not built .*: run make images as a user who may write to \/sys\/dmaspec$/,
  })
  t.throws(() => buildRoot(), { name: 'ImageError', message: /can't write to the cache \/sys\/dmaspec/ })
})
