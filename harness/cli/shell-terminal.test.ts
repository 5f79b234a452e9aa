/** `dmaspec shell` on a terminal (on-terminal.py): the other tests of it have none. Boots a real guest. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { projectRoot } from '../project.ts'

interface Act {
  type?: string
  until?: string
  size?: [rows: number, columns: number]
  seconds?: number
}

t.setTimeout(240_000)

/** Runs the command on a terminal of 24 rows and 80 columns, and does these things to it. */
async function onTerminal(t: Test, args: readonly string[], acts: readonly Act[]) {
  const out = join(t.testdir({}), 'out')
  const command = [process.execPath, join(projectRoot, 'bin/dmaspec.js'), 'shell', ...args, '--out', out]
  const child = spawn('python3', [join(projectRoot, 'harness/cli/on-terminal.py'), ...command])
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  child.stdin.end(acts.map(act => JSON.stringify(act) + '\n').join(''))
  const status = await new Promise<number | null>(resolve => child.on('close', resolve))
  return { text, status }
}

/** Without the progress of the boot. */
const said = (text: string) => text.slice(text.lastIndexOf('booting, ') + 1)

const PROMPT = '# '
const line = (text: string, until: string): Act[] => [{ type: text + '\r' }, { until }]

t.test('over ssh: the size of the window, as it changes; history; the exit status', async t => {
  const { text, status } = await onTerminal(
    t,
    ['--memory', '1G'],
    [
      { until: PROMPT, seconds: 120 },
      ...line('stty size', '24 80\\s'),
      { size: [50, 132] },
      ...line('sleep 1; stty size', '50 132\\s'),
      ...line('echo $((6 * 7))', '\n42\\s'),
      // The arrow up, and the line before.
      ...line('\x1b[A', '\n42\\s'),
      // Ctrl-C is the guest's.
      ...line('echo began; sleep 1000', '\nbegan\\s'),
      { type: '\x03' },
      { until: PROMPT },
      { type: 'exit 7\r' },
    ],
  )
  t.equal(status, 7, said(text))
})

t.test('on the serial line: the size is there from the start, and the key leaves', async t => {
  const { text, status } = await onTerminal(
    t,
    ['--serial', '--memory', '1G'],
    [
      { until: 'Ctrl-\\] leaves', seconds: 60 },
      { until: '/ # ', seconds: 120 },
      ...line('stty size', '24 80\\s'),
      { type: '\x1d' },
    ],
  )
  t.equal(status, 0, said(text))
  t.match(text, /kept: .*console\.log/)
})

t.test('a guest that panics, or ends, under the shell: the terminal is given back, and told why', async t => {
  const deaths = [
    { key: 'c', status: 1, says: /panic: sysrq triggered crash: .*console\.log:\d+/ },
    { key: 'b', status: 2, says: /dmaspec: the guest died under 'the shell': it reset, or powered off/ },
  ]
  for (const { key, status, says } of deaths) {
    const acts = [{ until: PROMPT, seconds: 120 }, { type: `echo ${key} > /proc/sysrq-trigger\r` }]
    const came = await onTerminal(t, ['--memory', '1G'], acts)
    t.equal(came.status, status)
    t.match(came.text, says)
  }
})
