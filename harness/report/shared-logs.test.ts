import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../project.ts'
import { parseConsole } from './parse.ts'
import type { KernelReport, OopsKind } from './report.ts'

/** Real logs that lie beside the project, with labels; they are others' and not copied into it. */
const LOGS = join(projectRoot, '../shared/logs')
const skip = existsSync(LOGS) ? false : `no logs in ${LOGS}`

interface SyzkallerCase {
  file: string
  type: string | null
  corrupted: boolean
  expectsCrash: boolean
  scope: string
  titleSymbol: string | null
}

const readIndex = (folder: string): unknown =>
  JSON.parse(readFileSync(join(LOGS, folder, 'index.json'), 'utf8'))
const report = (folder: string, file: string): KernelReport =>
  parseConsole(readFileSync(join(LOGS, folder, file), 'utf8').split('\n'))

/** syzkaller's type, by its start → ours. */
const KINDS: readonly [string, OopsKind][] = [
  ['KASAN', 'kasan'],
  ['KFENCE', 'kfence'],
  ['KCSAN', 'kcsan'],
  ['NULL-POINTER', 'null-deref'],
  ['MEMORY_SAFETY_BUG', 'paging-fault'],
  ['LOCKDEP', 'lockdep'],
  ['ATOMIC_SLEEP', 'atomic-sleep'],
  ['REFCOUNT_WARNING', 'warning'],
]

/** Where we differ: syzkaller's symbol is another one, or it calls a whole report corrupted, and why. */
const DIFFERENT: Record<string, string> = {
  '0237.log': 'named by the program that it ran',
  '0555.log': 'named by the fault handler’s own frame',
  '0727.log': 'its trace is whole; syzkaller knows no function in it that isn’t an allocator’s',
}

t.test('syzkaller’s cases', { skip }, async t => {
  for (const { file, type, corrupted, expectsCrash, scope, titleSymbol } of readIndex(
    'syzkaller',
  ) as SyzkallerCase[]) {
    const [first, ...more] = report('syzkaller', file).oopses
    if (!expectsCrash || scope !== 'kernel') {
      t.same([first, ...more].filter(Boolean), [], `${file}: no crash`)
      continue
    }
    const kind = KINDS.find(([start]) => type?.startsWith(start))?.[1]
    if (kind) t.equal(first?.kind, kind, file)
    if (DIFFERENT[file] === undefined) {
      t.equal(first?.corrupted, corrupted, `${file}: ${String(first?.damage)}`)
      t.ok(first?.title.includes(titleSymbol ?? ''), `${file}: ${first?.title} names ${titleSymbol}`)
    }
  }
})

interface MailCrash {
  kind: string
  address: string | null
  esr?: string | null
  pc: { symbol: string; module?: string } | null
  lr: { symbol: string } | null
  cpu: number | null
  pid: number | null
  comm: string | null
  hardware: string | null
  code?: string
  endTrace?: string
  callTrace: string[]
}
interface MailCase {
  file: string
  crash: MailCrash | null
  moreCrashes: MailCrash[]
}

/** The labels' kinds that are called otherwise here. */
const CALLED: Record<string, OopsKind> = {
  'spinlock-bug': 'bug',
  'paging-request': 'paging-fault',
  'exec-nonexec': 'paging-fault',
}

t.test('mails', { skip }, async t => {
  for (const { file, crash, moreCrashes } of readIndex('mail') as MailCase[]) {
    const wanted = crash ? [crash, ...moreCrashes] : []
    const { oopses } = report('mail', file)
    t.equal(oopses.length, wanted.length, file)
    for (const [i, want] of wanted.entries()) {
      const got = oopses[i]
      const of = (name: string) => `${file}: ${name} of crash ${i + 1}`
      t.equal(got?.kind, CALLED[want.kind] ?? want.kind, of('kind'))
      if (want.address) t.equal(got?.address, BigInt(want.address), of('address'))
      if (want.esr) t.equal(got?.esr?.value, BigInt(want.esr), of('esr'))
      if (want.pc) t.equal(got?.pc?.symbol, want.pc.symbol, of('pc'))
      if (want.lr) t.equal(got?.lr?.symbol, want.lr.symbol, of('lr'))
      if (want.comm) t.same([got?.cpu, got?.pid, got?.comm], [want.cpu, want.pid, want.comm], of('task'))
      if (want.hardware) t.equal(got?.hardware, want.hardware, of('hardware'))
      if (want.code) t.equal(got?.code?.text, want.code, of('code'))
      if (want.endTrace) t.equal(got?.endTrace, want.endTrace, of('end'))
      t.same(
        got?.callTrace.map(({ symbol }) => symbol),
        want.callTrace,
        of('call trace'),
      )
    }
  }
})
