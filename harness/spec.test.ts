import t from 'tap'
import { GiB, hex, kernels, MiB } from './index.ts'

t.test('the kernels are those of $KERNELS that are in the range, or the default one', async t => {
  t.same(kernels(undefined, {}), ['6.1'])
  t.same(kernels('>=4.19', {}), ['6.1'])
  t.same(kernels('>=6.2', {}), [])
  t.same(kernels('*', { KERNELS: ' 5.10, 6.1 7.2\n' }), ['5.10', '6.1', '7.2'])
  t.same(kernels('>=5.15 <7', { KERNELS: '5.10 6.1 7.2' }), ['6.1'])
})

t.test('units and addresses', async t => {
  t.equal(4n * GiB, 4096n * MiB)
  t.equal(hex(0x73882b000n), '0x73882b000')
  t.equal(hex(undefined), 'none')
})
