import t from 'tap'
import { access, IOVA, mapped, RAM, UTLB } from './access.ts'
import { CONTEXTS, FLUSH, LEAVES, MMUEN, utlbRegister, UTLBS } from './board.ts'
import { BIT, Context, PAGE } from './ipmmu.ts'
import { startQtest } from './start.ts'

t.setTimeout(120_000)

t.test('a stale translation lives in both levels, until each is flushed', async t => {
  await using qtest = await startQtest({ trace: true })
  const { context, tables } = mapped(qtest)
  let page = RAM
  const remap = () => tables.set(IOVA, 3, (page += 0x10000n) | PAGE)
  const seen = async () => (await access(qtest, IOVA, 'read')).phys
  t.equal(await seen(), RAM)

  const rows: { flush: () => void; what: string; fresh: boolean }[] = [
    { what: 'nothing flushed', flush: () => {}, fresh: false },
    { what: 'the main alone: the leaf has it', flush: () => context.flush('mm'), fresh: false },
    { what: 'now the leaf too', flush: () => context.flush('hc'), fresh: true },
    { what: 'the leaf alone: the main has it', flush: () => context.flush('hc'), fresh: false },
    { what: 'the micro-TLB alone: the main has it', flush: () => context.attach(UTLB), fresh: false },
    { what: 'both', flush: () => context.flushBoth(), fresh: true },
    {
      what: 'main and micro-TLB',
      flush: () => {
        context.flush('mm')
        context.attach(UTLB)
      },
      fresh: true,
    },
    {
      what: 'all other contexts, micro-TLBs and leaves',
      flush: () => {
        for (let n = 0; n < CONTEXTS; n++)
          for (const mmu of ['mm', 'hc'] as const) if (n !== context.number) new Context(qtest, n).flush(mmu)
        for (let n = 0; n < UTLBS; n++) if (n !== UTLB) qtest.writel(utlbRegister('hc', n), FLUSH)
        for (const leaf of LEAVES) if (leaf !== 'hc') context.flush(leaf)
      },
      fresh: false,
    },
    {
      what: 'micro-TLB and context off and on',
      flush: () => {
        qtest.writel(utlbRegister('hc', UTLB), 0)
        qtest.writel(utlbRegister('hc', UTLB), MMUEN | (context.number << 4))
        context.write('IMCTR', 0)
        context.write('IMCTR', MMUEN)
      },
      fresh: false,
    },
    { what: 'another table base', flush: () => context.write('IMTTLBR0', 0), fresh: false },
  ]
  let last = RAM
  for (const { what, flush, fresh } of rows) {
    remap()
    flush()
    const now = await seen()
    t.equal(now, fresh ? page : last, `${what}: ${fresh ? 'gone' : 'stale'}`)
    last = now ?? 0n
  }

  t.test('a page that is unmapped, and a right that is taken', async t => {
    await using qtest = await startQtest({ trace: true })
    const { context, tables } = mapped(qtest)
    t.equal((await access(qtest, IOVA, 'write')).cause, null)
    tables.set(IOVA, 3, 0n)
    t.equal((await access(qtest, IOVA, 'write')).cause, null, 'still reached')
    context.flushBoth()
    t.equal((await access(qtest, IOVA, 'write')).cause, 'translation', 'and gone')
    tables.set(IOVA, 3, RAM | PAGE | BIT.READ_ONLY)
    t.equal((await access(qtest, IOVA, 'read')).cause, null, 'what was invalid is not cached')
  })
})
