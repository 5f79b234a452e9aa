import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { CellError, InfraError } from '../errors.ts'
import { compileArgs, compileOverlay, knownOverlays, overlayFolders, sourceOf } from './overlays.ts'
import { runTool } from './tool.ts'
import { makeTree } from './tree.ts'
import { projectRoot } from '../project.ts'

const BASE = `/dts-v1/;
/ {
	soc: soc { sata: sata { status = "disabled"; }; };
};`

const overlay = (...lines: string[]) => ['/dts-v1/;', '/plugin/;', ...lines, ''].join('\n')

/** A project with a small tree and these overlays. */
function project(t: Test, overlays: Record<string, string>) {
  const root = t.testdir({ dts: {}, scratch: {} })
  for (const [name, source] of Object.entries(overlays))
    writeFileSync(join(root, 'dts', `${name}.dtso`), source)
  const base = join(root, 'base.dtb')
  execFileSync('dtc', ['-@', '-I', 'dts', '-O', 'dtb', '-o', base, '-'], { input: BASE })
  return {
    folders: overlayFolders({ root }),
    base: readFileSync(base),
    scratch: join(root, 'scratch'),
    output: join(root, 'board.dtb'),
  }
}

t.test('overlays are applied in order, each on what the ones before it made', async t => {
  const paths = project(t, {
    a: overlay('&sata {', '\tstatus = "okay";', '\tadded: child { };', '};'),
    b: overlay('&sata {', '\tstatus = "reserved";', '};', '&added {', '\tx = <7>;', '};'),
  })
  await makeTree({ ...paths, overlays: ['a', 'b'] })
  const get = (...args: string[]) =>
    execFileSync('fdtget', [paths.output, ...args])
      .toString()
      .trim()
  t.equal(get('/soc/sata', 'status'), 'reserved')
  t.equal(get('/soc/sata/child', 'x'), '7')
  t.same(readdirSync(paths.scratch), [], 'nothing is left of the compiled overlays')
})

const refused = {
  'a label that is not there': [
    overlay('/* &no */ // &no', '&sata { s = "&no"; };', '&nosuch { };'),
    "overlay 'x' does not apply:\n  dts/x.dtso:5: the tree has no label 'nosuch'\n",
  ],
  'a reference to nothing': [
    overlay('&sata {', '\ty = <&nope 1>;', '};'),
    "overlay 'x' does not apply:\n  dts/x.dtso:4: the tree has no label 'nope'\n",
  ],
  'a path that is not there': [
    overlay('', '&{/no/such} { };'),
    "overlay 'x' does not apply:\n  dts/x.dtso:4: the tree has no path '/no/such'\n",
  ],
  'a syntax error': [
    overlay('&sata {', '\tx = <', '};'),
    "overlay 'x' does not compile:\nError: dts/x.dtso:5.",
  ],
} as const
for (const [name, [source, says]] of Object.entries(refused)) {
  t.test(`${name} is named with its file and line`, async t => {
    const paths = project(t, { x: source })
    const error = (await t.rejects(makeTree({ ...paths, overlays: ['x'] }), CellError)) as CellError
    t.equal(error.message.slice(0, says.length), says)
    if (name !== 'a syntax error') t.match(error.message, "Failed to apply '")
  })
}

t.test('a missing tool is named with its package', async t => {
  const { PATH } = process.env
  t.teardown(() => (process.env['PATH'] = PATH))
  process.env['PATH'] = t.testdir({})
  await t.rejects(
    runTool('fdtoverlay', [], '/'),
    new InfraError('fdtoverlay is missing: apt install device-tree-compiler'),
  )
})

t.test("the project's own overlays compile without a warning", async t => {
  const into = t.testdir({})
  const all = ['dts', 'dts/virt'].map(folder => {
    const folders = overlayFolders({ folder })
    return knownOverlays(folders).map(name => sourceOf(name, folders))
  })
  t.notOk(all.some(files => files.length === 0))
  for (const source of all.flat()) {
    await compileOverlay(source, into)
    t.equal((await runTool('dtc', compileArgs(source, join(into, 'x')), projectRoot)).stderr, '', source)
  }
})

t.test('a folder without overlays knows none', async t => {
  const root = t.testdir({})
  const none = overlayFolders({ root, theirs: join(root, 'theirs') })
  t.same(knownOverlays(none), [])
  mkdirSync(join(root, 'dts'))
  t.same(knownOverlays(none), [])
})

t.test("the user's own are found beside dmaspec's, each board's in its folder", async t => {
  const ok = overlay('&sata {', '\tstatus = "okay";', '};')
  const paths = project(t, { a: ok })
  const { root } = paths.folders
  const theirs = join(root, 'theirs')
  mkdirSync(join(theirs, 'virt'), { recursive: true })
  const files = { 'b.dtso': ok, 'c.dtso': overlay('&nosuch { };'), 'virt/v.dtso': ok }
  for (const [name, source] of Object.entries(files)) writeFileSync(join(theirs, name), source)
  const folders = overlayFolders({ root, theirs })
  t.same(knownOverlays(folders), ['a', 'b', 'c'])
  t.same(knownOverlays(overlayFolders({ root, theirs, folder: 'dts/virt' })), ['v'])
  t.equal(sourceOf('a', folders), 'dts/a.dtso')
  await makeTree({ ...paths, folders, overlays: ['a', 'b'] })
  const status = execFileSync('fdtget', [paths.output, '/soc/sata', 'status']).toString()
  t.equal(status, 'okay\n')
  const says = `overlay 'c' does not apply:\n  ${theirs}/c.dtso:3: the tree has no label 'nosuch'\n`
  const error = (await t.rejects(makeTree({ ...paths, folders, overlays: ['c'] }), CellError)) as CellError
  t.equal(error.message.slice(0, says.length), says)
  writeFileSync(join(theirs, 'a.dtso'), ok)
  await t.rejects(
    makeTree({ ...paths, folders, overlays: ['a'] }),
    new CellError(`dmaspec has an overlay 'a' of its own: give ${theirs}/a.dtso another name`),
  )
})
