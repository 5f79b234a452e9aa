/** dmaprobe on a bus without limits: what its driver says of each part of the DMA API, from the CPU's side alone. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { boot, type BootResult, kernels, observed, GiB } from '../harness/index.ts'

const board = { overlays: ['dmaprobe-bare'] }

/** Single mappings and scatter lists in each direction, and what the API allocates itself. */
const apis = {
  single: 'api=single dir=to; api=single dir=from offset=13 size=4099; api=single dir=both sync=both',
  page: 'api=page dir=to place=low; api=page dir=from place=cma; api=page dir=both place=cross-page size=100',
  sg: 'api=sg dir=to parts=7 size=0x4001; api=sg dir=from place=mixed; api=sg dir=both parts=9 size=9',
  coherent: 'api=coherent dir=both size=0x5000; api=coherent attrs=contiguous size=0x20000',
  pool: 'api=pool dir=both size=48 count=3 hold=1',
  pages: 'api=pages dir=from size=0x2000',
}
const plan = Object.values(apis).join('; ')

/** Lines of the driver's, each as its words: `map` first, then key=value. */
function linesOf(result: BootResult): Record<string, string>[] {
  const lines = readFileSync(result.artifacts.console, 'utf8').split('\n')
  return lines.flatMap(line => {
    const [, what, words = ''] = / dmaprobe \S+: ([\w-]+) (.*)/.exec(line) ?? []
    if (what === undefined) return []
    const pairs = Array.from(words.matchAll(/(\w+)=("[^"]*"|\S+)/g), ([, key = '', value = '']) => [
      key,
      value,
    ])
    return [{ what, ...(Object.fromEntries(pairs) as Record<string, string>) }]
  })
}

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test('every part of the DMA API carries data to a device and back', async t => {
      const result = await boot(t, { ...board, kernel, probe: plan })
      if (!observed(t, result, 'probe')) return
      const lines = linesOf(result)
      const of = (what: string) => lines.filter(line => line['what'] === what)
      t.match(of('plan').at(-1), { mappings: '15', failed: '0' })
      for (const api of Object.keys(apis)) {
        const maps = of('map').filter(map => map['api'] === api && map['use'] !== 'table')
        t.ok(maps.length > 0, `api=${api} maps phys ${maps[0]?.['phys']} at ${maps[0]?.['dma']}`)
        const ids = new Set(maps.map(map => map['id']))
        const told = [...of('job'), ...of('data')].filter(({ id }) => ids.has(id))
        t.ok(told.length >= 2 * ids.size, `${told.length} sums`)
        t.same(
          told.filter(({ want, got, result = 'ok' }) => want !== got || result !== 'ok'),
          [],
        )
      }
      // From 6.5 on, what shares its cache lines is bounced for a device that doesn't snoop: dma_kmalloc_needs_bounce().
      const whole = of('map').filter(({ size }) => Number(size) >= 256)
      t.same(
        whole.filter(({ phys, dma, target }) => phys !== dma || phys !== target),
        [],
        `and DMA addresses are physical ones: ${whole.length} of them`,
      )
      const [low, high] = of('map').filter(({ place }) => place === 'mixed')
      t.ok(
        BigInt(low?.['dma'] ?? 0) < 4n * GiB && BigInt(high?.['dma'] ?? 0) >= 4n * GiB,
        'on both sides of 4 GiB',
      )
    })

    t.test(
      'a device of 32 address lines gets data from above 4 GiB in a bounce slot, one of 64 in place',
      async t => {
        const result = await boot(t, {
          ...board,
          kernel,
          probe: 'place=high mask=32 dir=both; place=high dir=both',
        })
        if (!observed(t, result, 'probe')) return
        const lines = linesOf(result)
        const [narrow, wide] = lines.filter(({ what }) => what === 'map')
        t.match(
          narrow,
          { mask: '0xffffffff', bounced: '1' },
          `${narrow?.['phys']} through ${narrow?.['dma']}`,
        )
        t.match(wide, { mask: '0xffffffffffffffff', bounced: '0' }, `${wide?.['phys']} at ${wide?.['dma']}`)
        t.match(lines.at(-1), { what: 'plan', mappings: '2', failed: '0' })
      },
    )

    t.test('a plan with a word that nobody knows is refused, and nothing of it is done', async t => {
      const result = await boot(t, {
        ...board,
        kernel,
        probe: 'api=single; api=single dri=to',
        mayDisagree: ['plan-whole'],
      })
      if (!observed(t, result, 'probe')) return
      t.match(linesOf(result), [{ what: 'plan', step: '2', why: '"unknown word dri="' }])
      t.equal(linesOf(result).length, 1)
    })
  })
}
