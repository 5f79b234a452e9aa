import { execFileSync } from 'node:child_process'
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { hex } from '../report/json.ts'
import { parseConsole } from '../report/parse.ts'
import type { KernelReport } from '../report/report.ts'
import { symbolize } from './symbolize.ts'
import { tinyVmlinux } from './tiny-vmlinux.ts'

t.setTimeout(120_000)

const built = tinyVmlinux(t.testdir({}))
const { tree, vmlinux, symbols } = built

/** Where in a function its first instruction of this kind is. */
function offsetOf(name: string, mnemonic: RegExp): bigint {
  const code = execFileSync('aarch64-linux-gnu-objdump', ['-d', `--disassemble=${name}`, vmlinux], {
    encoding: 'utf8',
  })
  const line = code.split('\n').find(line => mnemonic.test(line)) ?? ''
  const start = symbols.find(symbol => symbol.name === name)?.address ?? 0n
  return BigInt(`0x${line.trim().split(':')[0]}`) - start
}

const at = (name: string, offset: bigint, size?: bigint) =>
  `${name}+${hex(offset)}/${hex(size ?? symbols.find(symbol => symbol.name === name)?.size ?? 0n)}`

function log(...frames: string[]): KernelReport {
  return parseConsole(
    [
      'Linux version 6.1.0-tiny (me@here) (gcc) #7 SMP',
      'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000038',
      'Internal error: Oops: 96000004 [#1] PREEMPT SMP',
      'CPU: 2 PID: 51 Comm: a Not tainted 6.1.0-tiny #7',
      `pc : ${frames[0]}`,
      `lr : ${frames.at(-1)}`,
      'Call trace:',
      ...frames.map(frame => ` ${frame}`),
      '---[ end trace 0000000000000000 ]---',
    ].map(line => `[    1.000000] ${line}`),
  )
}

const pc = at('ipmmu_domain_free', offsetOf('ipmmu_domain_free', /\tldr\t/))
const call = at('start_kernel', offsetOf('start_kernel', /\tbl\t/) + 4n)

t.test('pc, lr and frames get their places, and what was inlined', async t => {
  const { report, warnings, tree: built } = await symbolize(log(pc, call), { vmlinux })
  const [oops] = report.oopses
  t.same(warnings, [])
  t.equal(built, `${tree}/`)
  const inlined = [
    { file: 'drivers/a.c', line: 4, inlined: 'destroy_context' },
    { file: 'drivers/a.c', line: 14 },
  ]
  t.same(oops?.pc?.source, inlined)
  t.same(oops?.callTrace[0]?.source, inlined, 'the first frame is the pc: nothing returns to it')
  t.same(oops?.callTrace[1]?.source, [{ file: 'init/main.c', line: 5 }], 'the call, not what follows it')
  t.same(oops?.lr?.source, [{ file: 'init/main.c', line: 5 }])
})

t.test('static functions of one name are told apart by size', async t => {
  const sames = symbols.filter(({ name }) => name === 'same')
  t.equal(sames.length, 2)
  for (const { size, address } of sames) {
    const { report } = await symbolize(log(at('same', 0n, size)), { vmlinux })
    const file = address === sames.toSorted((a, b) => (a.size < b.size ? -1 : 1))[0]?.address ? 'a' : 'b'
    t.equal(report.oopses[0]?.pc?.source[0]?.file, `drivers/${file}.c`)
  }
})

t.test('a symbol of another size gets no place, and that is said', async t => {
  const { report, warnings } = await symbolize(log(at('ipmmu_domain_free', 4n, 0x4000n)), { vmlinux })
  t.same(report.oopses[0]?.pc?.source, [])
  t.match(warnings, [/does not have ipmmu_domain_free, or has another size of it/])
})

t.test('a vmlinux of another kernel is said', async t => {
  const report = log(pc)
  const of = async (kernel: string) =>
    (await symbolize({ ...report, boots: [{ line: 1, kernel, machine: null }] }, { vmlinux })).warnings
  t.match(await of('6.12.1'), [/is linux 6\.1\.0-tiny #7, the log is of 6\.12\.1: places may be wrong/])
  t.match(await of('6.1.0-tiny #8'), [/the log is of 6\.1\.0-tiny #8/])
  t.same(await of('6.1.0-tiny #7'), [])
  t.same(await of('6.1.0-tiny'), [])
})

t.test('addr2line says the same as llvm-symbolizer', async t => {
  const path = process.env['PATH']
  const folder = t.testdir({ 'llvm-symbolizer': '#!/bin/sh\nexit 1\n' })
  execFileSync('chmod', ['+x', join(folder, 'llvm-symbolizer')])
  const one = await symbolize(log(pc, call), { vmlinux })
  process.env['PATH'] = `${folder}:${path}`
  t.teardown(() => (process.env['PATH'] = path))
  t.same((await symbolize(log(pc, call), { vmlinux })).report, one.report)
})

t.test('without any tool, one sentence', async t => {
  const path = process.env['PATH']
  process.env['PATH'] = t.testdir({})
  t.teardown(() => (process.env['PATH'] = path))
  const { report, warnings } = await symbolize(log(pc), { vmlinux })
  t.match(warnings, [/^no llvm-symbolizer and no addr2line is on this machine: install /])
  t.same(report.oopses[0]?.pc?.source, [])
})

t.test('without line tables, one sentence', async t => {
  const { vmlinux } = tinyVmlinux(t.testdir({}), '-g0')
  t.match((await symbolize(log(pc), { vmlinux })).warnings, [
    /has no line tables: build it with CONFIG_DEBUG_INFO/,
  ])
})

t.test('what is no vmlinux is an error in a sentence', async t => {
  const folder = t.testdir({
    text: 'not an ELF file, but long enough to have a header, which is of 64 bytes.',
    empty: '',
  })
  const file = (name: string) => join(folder, name)
  execFileSync('cp', [vmlinux, file('cut')])
  truncateSync(file('cut'), 4096)
  execFileSync('cp', [vmlinux, file('stripped')])
  execFileSync('aarch64-linux-gnu-strip', [file('stripped')])
  writeFileSync(file('x32'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 1, ...Array<number>(58).fill(0)]))
  const says = {
    none: /none can't be read: ENOENT/,
    text: /text is no vmlinux or module: it is not an ELF file/,
    empty: /empty is no vmlinux or module: it is cut off/,
    cut: /cut is no vmlinux or module: it is cut off/,
    stripped: /stripped is no vmlinux or module: it has no symbol table/,
    x32: /x32 is no vmlinux or module: it is not of 64 bits/,
  }
  for (const [name, message] of Object.entries(says))
    await t.rejects(symbolize(log(pc), { vmlinux: file(name) }), { message, name: 'InfraError' })
})

t.test('a module is looked up in its own file', async t => {
  const folder = t.testdir({ 'm.c': 'int f(int x)\n{\n\t__asm__ volatile("nop");\n\treturn x;\n}\n' })
  const ko = join(folder, 'm.ko')
  execFileSync('aarch64-linux-gnu-gcc', ['-g', '-O1', '-c', '-o', ko, 'm.c'], { cwd: folder })
  const report = log('f+0x0/0x8 [m]')
  const ref = report.oopses[0]?.pc
  if (ref) ref.module = 'm'
  const { report: placed } = await symbolize(report, { vmlinux, modules: { m: ko } })
  t.match(placed.oopses[0]?.pc?.source, [{ file: /m\.c$/, line: 3 }])
  const { report: without } = await symbolize(report, { vmlinux })
  t.same(without.oopses[0]?.pc?.source, [], 'f of vmlinux is another one')
})
