import { Command } from 'commander'
import t from 'tap'
import { checkKernelOptions, isGiven, kernelOptions, type KernelOptions, namesOf } from './kernel-options.ts'

const parse = (...argv: string[]) =>
  kernelOptions(new Command().exitOverride()).parse(argv, { from: 'user' }).opts<KernelOptions>()

const nonsense = {
  '--ref v6.9': '--ref needs --tree',
  '--patch a --kernel 6.1': '--patch needs --tree or --source',
  '--fragment a': '--fragment needs --tree or --source',
  '--image a': '--image needs --dtb',
  '--dtb a': '--dtb needs --image',
  '--tree a --image b --dtb c': '--tree and --image both say which kernel: leave one out',
  '--tree a --kernel 6.1': '--kernel and --tree both say which kernel: leave one out',
  '--image a --dtb b --flavour debug': '--flavour is how a kernel is built, and --image is built already',
  '--flavour debg':
    "unknown flavour 'debg'; there are: 64k, crash-kasan, crash, debug, gdb (did you mean 'debug'?)",
  '--tree a --flavour nope': "unknown flavour 'nope'; there are: 64k, crash-kasan, crash, debug",
}
for (const [args, message] of Object.entries(nonsense)) {
  t.test(args, async t => {
    t.throws(() => checkKernelOptions(parse(...args.split(' '))), { name: 'CellError', message })
  })
}

t.test('an unknown series is named, with the list', async t => {
  t.throws(() => checkKernelOptions(parse('--kernel', '6.2')), {
    message: /^unknown kernel '6\.2'; there are: .*6\.1/,
  })
})

t.test('names of series, each in the flavour', async t => {
  t.same(namesOf(parse(), ['6.1']), ['6.1'])
  t.same(namesOf(parse('--flavour', 'debug'), ['6.1', '5.10']), ['6.1+debug', '5.10+debug'])
  t.same(namesOf(parse('--kernel', '5.10', '--kernel', '6.1'), ['6.1']), ['5.10', '6.1'])
  t.notOk(isGiven(parse('--kernel', '6.1')))
  t.ok(isGiven(parse('--tree', '.')))
})
