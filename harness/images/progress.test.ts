import t from 'tap'
import { aptShare, clock, isKbuildStep, ninjaCount, progressOn, stepLine, timeLeft } from './progress.ts'

t.test('ninja counts, make does not', async t => {
  t.same(ninjaCount('[412/1306] Compiling C object libqemu.a.p/x.c.o'), { done: 412, all: 1306 })
  t.equal(ninjaCount('ninja: no work to do.'), undefined)
  t.ok(isKbuildStep('  CC      init/main.o'))
  t.ok(isKbuildStep('  KSYMS   .tmp_vmlinux.kallsyms1.S'))
  t.ok(isKbuildStep('  DTC     arch/arm64/boot/dts/renesas/r8a77951-salvator-xs.dtb'))
  t.notOk(isKbuildStep("make[1]: Entering directory '/x'"))
  t.notOk(isKbuildStep('/x/y.c:3:1: error: no'))
})

t.test('apt says its share', async t => {
  t.equal(aptShare('dlstatus:3:25.0000:Retrieving file 5 of 6'), 0.25)
  t.equal(aptShare('Get:1 mirror bookworm InRelease'), undefined)
})

t.test('the time left is told as soon as it is more than a guess', async t => {
  t.equal(timeLeft(30, 0.25), 90)
  t.equal(timeLeft(30, undefined), undefined)
  t.equal(timeLeft(1, 0.5), undefined)
  t.equal(timeLeft(30, 0), undefined)
  t.equal(clock(125.4), '2:05')
  t.equal(
    stepLine('compiling qemu', '412/1306', 60, 0.25),
    'compiling qemu 412/1306, 25 %, 1:00, about 3:00 left',
  )
  t.equal(stepLine('unpacking', '', 3, undefined), 'unpacking, 0:03')
})

t.test('a terminal has one line a step, rewritten; a file gets whole lines', async t => {
  const written = { terminal: '', file: '' }
  for (const isTTY of [true, false]) {
    const out = {
      isTTY,
      columns: 30,
      write: (text: string) => (written[isTTY ? 'terminal' : 'file'] += text),
    }
    const progress = progressOn(out)
    progress.step('one').done('2 files')
    progress.note('note')
    const two = progress.step('two')
    progress.stop()
    two.done('too late')
  }
  t.equal(written.file, 'one: 2 files (0:00)\nnote\n')
  t.equal(
    written.terminal.replaceAll('\x1b[K', '|'),
    '\rone, 0:00|\rone: 2 files (0:00)|\n\rnote|\n\rtwo, 0:00|\n',
  )
})
