import t from 'tap'
import { readArgv } from './read-argv.ts'

const argv = [
  ...['qemu', '-M', 'salvator-xs,device-trace=/out/a,,b/trace.jsonl,other=on'],
  ...['-drive', 'if=ide,index=0,format=raw,cache=unsafe,file=/out/disk.img'],
]
const disk = { from: '/out/disk.img', to: '/big.img' }

t.test('the disk is another one, and the trace is on or off', async t => {
  const big = ['-drive', 'if=ide,index=0,format=raw,cache=unsafe,file=/big.img']
  t.same(readArgv(argv, disk, true), [...argv.slice(0, 3), ...big])
  t.same(readArgv(argv, disk, false), ['qemu', '-M', 'salvator-xs,other=on', ...big])
  t.same(argv[4], 'if=ide,index=0,format=raw,cache=unsafe,file=/out/disk.img')
})

t.test('a boot whose disk is not found would measure nothing', async t => {
  t.throws(
    () => readArgv(argv, { from: '/none.img', to: '/big.img' }, true),
    /no drive of this boot has \/none.img/,
  )
})
