import { existsSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { BuildContext } from './context.ts'
import { mendBuild } from './killed.ts'
import { start } from './run.ts'

const signal = new AbortController().signal

function context(): { notes: string[]; context: BuildContext } {
  const notes: string[] = []
  const progress = {
    step: () => ({ update() {}, done() {} }),
    note: (line: string) => void notes.push(line),
    stop() {},
  }
  return { notes, context: { root: '/', progress, signal, update: false } }
}

/** A build tree: what is named in `old` was there before the stamp, the rest came after it. */
function tree(t: Test, old: string[], after: string[]) {
  const dir = t.testdir({ build: { include: { config: {} } }, source: { 'dma.c': '' } })
  const stamp = join(dir, 'making')
  symlinkSync('../source', join(dir, 'build/source'))
  for (const file of old) {
    writeFileSync(join(dir, 'build', file), '')
    utimesSync(join(dir, 'build', file), 1000, 1000)
  }
  writeFileSync(stamp, '')
  utimesSync(stamp, 2000, 2000)
  for (const file of after) writeFileSync(join(dir, 'build', file), '')
  return { dir, build: join(dir, 'build'), stamp }
}

t.test('after a kill, what is newer than the stamp goes, and nothing behind a link', async t => {
  const { dir, build, stamp } = tree(t, ['.config', 'old.o', 'vmlinux'], ['half.o', '.half.o.cmd'])
  const { notes, context: given } = context()
  mendBuild(given, build, { stamp })
  t.same(readdirSync(build).sort(), ['.config', 'include', 'old.o', 'vmlinux'])
  t.ok(existsSync(join(dir, 'source/dma.c')), 'the sources are newer, too, but not ours')
  t.match(notes, [/the last build in .* was killed: making 3 files again/])
  mendBuild(given, build, { stamp })
  t.equal(notes.length, 1, 'once')
})

t.test('if it configured, all goes: Kconfig believes the times of files that would be gone', async t => {
  for (const file of ['.config', 'include/config/auto.conf']) {
    const { build, stamp } = tree(t, ['old.o'], [file])
    const { notes, context: given } = context()
    mendBuild(given, build, { stamp })
    t.notOk(existsSync(build), file)
    t.match(notes, [/making all of it again/])
  }
})

t.test('a folder that no run was killed in is left alone', async t => {
  const { build } = tree(t, [], ['new.o', '.config'])
  mendBuild(context().context, build, { stamp: join(build, 'none') })
  t.ok(existsSync(join(build, 'new.o')))
})

t.test('the stamp is there while a program runs, and stays only if it was killed', async t => {
  const dir = t.testdir({})
  const stamp = join(dir, 'making')
  const sh = (script: string, given = signal) =>
    start(['sh', '-c', script], { cwd: dir, signal: given, what: 'x', stamp })
  await sh('[ -e making ] && touch seen')
  t.ok(existsSync(join(dir, 'seen')))
  t.notOk(existsSync(stamp), 'it ended')
  await sh('exit 3')
  t.notOk(existsSync(stamp), 'it failed by itself')
  await sh('kill -TERM $$')
  t.notOk(existsSync(stamp), 'it was asked to end')
  const abort = async (script: string) => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(new Error('Ctrl-C')), 200)
    await t.rejects(sh(script, controller.signal), { message: 'Ctrl-C' })
  }
  await abort('sleep 60')
  t.notOk(existsSync(stamp), 'Ctrl-C')
  await abort('trap "" TERM; sleep 60 & wait; sleep 60')
  t.ok(existsSync(stamp), 'Ctrl-C, but it had to be killed')
  await sh('true')
  await sh('kill -KILL $$')
  t.ok(existsSync(stamp), 'somebody killed it')
})
