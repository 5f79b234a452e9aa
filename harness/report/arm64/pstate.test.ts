import t from 'tap'
import { readPstate } from './pstate.ts'

const rows: [string, string][] = [
  ['60000005 (nZCv daif -PAN -UAO)', 'EL1, no interrupts masked'],
  ['600000c5', 'EL1, IRQ and FIQ masked'],
  ['80400009 (Nzcv daif +PAN -UAO -TCO -DIT -SSBS BTYPE=--)', 'EL2, no interrupts masked'],
  ['604003c9 (nZCv DAIF +PAN -UAO -TCO -DIT -SSBS BTYPE=--)', 'EL2, debug, SError, IRQ and FIQ masked'],
  ['60000085', 'EL1, IRQ masked'],
  ['60000000 (nZCv daif -PAN)', 'EL0, no interrupts masked'],
  ['20000210', 'EL0 (32 bits), no interrupts masked'],
]
for (const [text, words] of rows) t.test(text, async t => t.equal(readPstate(text)?.words, words))

t.test('nonsense', async t => {
  for (const text of ['', ' ', '(nZCv)', 'xyz', '1'.repeat(100)]) t.equal(readPstate(text), null)
})
