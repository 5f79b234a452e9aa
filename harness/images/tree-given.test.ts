import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { BuildContext } from './context.ts'
import { fakeTree } from './fake-tree.ts'
import type { GivenTree } from './given.ts'
import { progressOn } from './progress.ts'
import { giveTree, nearestSeries, type TreeRequest, versionOf } from './tree-given.ts'
import { needTreeKernel, portsOf } from './tree-kernel.ts'

function setUp(t: Test) {
  const dir = t.testdir({
    linux: fakeTree(),
    cache: {},
    'asked.fragment': 'CONFIG_ASKED=y\n',
    'missing.fragment': 'CONFIG_NOT_HERE=y\n',
    'fits.patch':
      '--- a/drivers/iommu/ipmmu-vmsa.c\n+++ b/drivers/iommu/ipmmu-vmsa.c\n@@ -1 +1 @@\n-driver\n+mine\n',
    'empty.patch': '',
    'unfit.patch':
      '--- a/drivers/iommu/ipmmu-vmsa.c\n+++ b/drivers/iommu/ipmmu-vmsa.c\n@@ -1 +1 @@\n-no\n+mine\n',
  })
  const file = (name: string) => join(dir, name)
  const said: string[] = []
  const context: BuildContext = {
    root: file('cache'),
    progress: progressOn({ write: text => said.push(text) }),
    signal: new AbortController().signal,
    update: false,
  }
  const give = (request: Partial<TreeRequest> = {}) =>
    giveTree(context, { tree: file('linux'), patches: [], fragments: [], flavour: null, ...request })
  const builds = ({ work }: GivenTree) =>
    readFileSync(join(work, 'build/builds'), 'utf8').split('\n').length - 1
  const git = (...argv: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-C', file('linux'), ...argv])
  const need = (given: GivenTree, ...faults: string[]) => needTreeKernel(context, given, faults)
  return { file, give, need, builds, git, said }
}

t.test('a plain folder is built, and built again only when a file or an option of it changed', async t => {
  const { file, give, need, builds, said } = setUp(t)
  const given = await give()
  t.match(given, {
    name: 'linux',
    version: '6.5.0-rc1',
    series: '6.1',
    dtb: 'renesas/r8a77951-salvator-xs.dtb',
  })
  const before = readdirSync(file('linux'))
  const kernel = await need(given)
  t.equal(readFileSync(kernel.image, 'utf8'), 'one\n')
  t.equal(kernel.version, '6.5.0-rc1')
  t.match(kernel.notObserved, [
    { fact: 'pageTables', why: /observe\.patch: hunk 1 does not apply to drivers\/iommu/ },
  ])
  t.match(said.join(''), /linux is built without CONFIG_HIGH_RES_TIMERS=y\n/, 'what Kconfig dropped is said')
  await need(await give())
  t.equal(builds(given), 1)
  writeFileSync(file('linux/drivers/iommu/io-pgtable-arm.c'), 'two\n')
  t.equal(readFileSync((await need(await give())).image, 'utf8'), 'two\n')
  t.equal(builds(given), 2)
  await need(await give({ fragments: [file('asked.fragment')] }))
  t.equal(builds(given), 3)
  await need(await give({ patches: [file('fits.patch')] }))
  t.equal(builds(given), 4)
  t.equal(readFileSync(join(given.work, 'source/drivers/iommu/ipmmu-vmsa.c'), 'utf8'), 'mine\n')
  t.equal(readFileSync(file('linux/drivers/iommu/ipmmu-vmsa.c'), 'utf8'), 'driver\n')
  t.same(readdirSync(file('linux')), before)
})

t.test(
  'dmaprobe is built in where there is room for it and it compiles; elsewhere it is not observed',
  async t => {
    const { file, give, need } = setUp(t)
    const probe = async () => {
      const given = await give()
      const { notObserved } = await need(given)
      const makefile = join(given.work, 'source/drivers/misc/Makefile')
      return {
        why: notObserved.find(({ fact }) => fact === 'probe')?.why,
        makefile: existsSync(makefile) ? readFileSync(makefile, 'utf8') : null,
      }
    }
    const driver = 'images/kernel/dmaprobe/dmaprobe.c'
    t.same(await probe(), { why: `${driver}: there is no drivers/misc/Makefile`, makefile: null })
    mkdirSync(file('linux/drivers/misc'))
    writeFileSync(file('linux/drivers/misc/Makefile'), 'obj-y += a.o\n')
    t.same(await probe(), { why: undefined, makefile: 'obj-y += a.o\nobj-y += dmaprobe.o\n' })
    writeFileSync(file('linux/drivers/misc/too-old'), '')
    t.same(await probe(), { why: `${driver}: dmaprobe.c:7:1: error: too old`, makefile: 'obj-y += a.o\n' })
    rmSync(file('linux/drivers/misc/too-old'))
    writeFileSync(file('linux/drivers/misc/dmaprobe.c'), 'theirs')
    t.match(await probe(), {
      why: /there is a drivers\/misc\/dmaprobe\.c already$/,
      makefile: 'obj-y += a.o\n',
    })
    t.equal(
      readFileSync(file('linux/drivers/misc/Makefile'), 'utf8'),
      'obj-y += a.o\n',
      'nothing of theirs is written',
    )
  },
)

t.test('several who ask for one kernel build it once', async t => {
  const { give, need, builds } = setUp(t)
  const given = await give()
  await Promise.all([need(given), need(given), need(given)])
  t.equal(builds(given), 1)
})

t.test('what a tree can’t have', async t => {
  const { file, give, need } = setUp(t)
  const given = await give()
  await t.rejects(need(given, 'map-readonly'), {
    name: 'UnavailableError',
    message:
      /^linux can't have the fault map-readonly: hunk 1 does not apply to drivers\/iommu\/ipmmu-vmsa\.c$/,
  })
  await t.rejects(need(await give({ fragments: [file('missing.fragment')] })), {
    name: 'UnbuildableError',
    message: /Kconfig did not take CONFIG_NOT_HERE=y/,
  })
  writeFileSync(file('linux/Kconfig'), 'changed')
  await give()
  await t.rejects(need(given), { name: 'ImageError', message: /changed while it was in use: run it again/ })
})

t.test('a commit is built whatever is checked out', async t => {
  const { file, give, need, git } = setUp(t)
  git('init', '-q', '-b', 'main')
  git('add', '.')
  git('commit', '-q', '-m', 'one')
  git('tag', 'v6.5-rc1')
  writeFileSync(file('linux/drivers/iommu/io-pgtable-arm.c'), 'dirty\n')
  const given = await give({ ref: 'v6.5-rc1' })
  t.match(given, { name: 'linux-v6.5-rc1', version: /^6\.5\.0-rc1-g[0-9a-f]{12}$/ })
  t.equal(readFileSync((await need(given)).image, 'utf8'), 'one\n')
  t.match(await give(), { name: 'linux-main', version: /^6\.5\.0-rc1-g[0-9a-f]{12}-dirty$/ })
  t.notOk(existsSync(file('linux/.git/index.lock')))
  await t.rejects(give({ ref: 'v6.5-rc2' }), {
    name: 'CellError',
    message: /has no commit 'v6\.5-rc2' \(did you mean 'v6\.5-rc1'\?\)$/,
  })
})

t.test('nonsense is a CellError that names it', async t => {
  const { file, give } = setUp(t)
  const nonsense: [Partial<TreeRequest>, RegExp][] = [
    [{ tree: file('nowhere') }, /^--tree .*nowhere is no folder$/],
    [{ tree: file('cache') }, /cache is no Linux kernel: it has no Makefile$/],
    [{ ref: 'v6.9' }, /^--ref needs a git checkout, and .* is none$/],
    [{ patches: [file('none.patch')] }, /^--patch .*none\.patch is no file$/],
    [{ patches: [file('empty.patch')] }, /^--patch .*empty\.patch: there is no patch in it$/],
    [{ fragments: [file('linux')] }, /^--fragment .*linux is no file$/],
  ]
  for (const [request, message] of nonsense) await t.rejects(give(request), { name: 'CellError', message })
})

t.test('sources that make no kernel are an UnbuildableError', async t => {
  const { file, give } = setUp(t)
  const unbuildable = (message: RegExp) => ({ name: 'UnbuildableError', message })
  await t.rejects(
    give({ patches: [file('unfit.patch')] }),
    unbuildable(/^--patch .*unfit\.patch: hunk 1 does not apply to drivers\/iommu\/ipmmu-vmsa\.c/),
  )
  writeFileSync(file('linux/Makefile'), 'VERSION = 4\nPATCHLEVEL = 18\nSUBLEVEL = 0\nEXTRAVERSION =\n')
  await t.rejects(give(), unbuildable(/is linux 4\.18\.0: dmaspec takes 4\.19 and later$/))
  rmSync(file('linux/arch/arm64/boot/dts/renesas/r8a77951-salvator-xs.dts'))
  writeFileSync(file('linux/Makefile'), 'VERSION = 6\nPATCHLEVEL = 1\n')
  await t.rejects(give(), unbuildable(/has no Salvator-XS/))
})

t.test('versions, and the series that is nearest', async t => {
  t.equal(
    versionOf('VERSION = 6\nPATCHLEVEL = 9\nSUBLEVEL = 0\nEXTRAVERSION = -rc1\nNAME = x\n'),
    '6.9.0-rc1',
  )
  t.equal(versionOf('all:\n\ttrue\n'), undefined)
  t.equal(nearestSeries('4.19.0'), '5.10')
  t.equal(nearestSeries('5.15.3'), '5.10')
  t.equal(nearestSeries('6.1.0-rc1'), '6.1')
  t.equal(nearestSeries('99.0.0'), nearestSeries('98.0.0'))
})

t.test('ports are tried from the nearest series on', async t => {
  const [observe, fault] = portsOf({ series: '6.1' }, ['map-readonly'])
  t.equal(observe?.candidates[0], 'images/kernel/6.1/observe.patch')
  t.ok((observe?.candidates.length ?? 0) >= 3)
  t.equal(fault?.candidates[0], 'images/kernel/6.1/faults/map-readonly.patch')
})
