import { Duplex } from 'node:stream'
import t from 'tap'
import { Qmp } from './qmp.ts'

/** The other end of a monitor: what it is told, and how it answers. */
function monitor(answers: (command: string) => string | null) {
  const told: string[] = []
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _, done) {
      const { execute } = JSON.parse(chunk.toString()) as { execute: string }
      told.push(execute)
      const answer = answers(execute)
      if (answer !== null) stream.push(answer)
      done()
    },
  })
  stream.push('{"QMP": {"version": {}}}\n')
  return { stream, told }
}

t.test('commands are answered in order, events and noise are not answers', async t => {
  const { stream, told } = monitor(command =>
    command === 'qmp_capabilities'
      ? '{"return": {}}\n'
      : `{"event": "STOP"}\nnoise\n{"return": "${command} done\\r\\n"}\n`,
  )
  const qmp = new Qmp(stream)
  t.equal(await qmp.human('info usernet'), 'human-monitor-command done\r\n')
  t.same(told, ['qmp_capabilities', 'human-monitor-command'])
})

t.test("a refusal has QEMU's words", async t => {
  const { stream } = monitor(command =>
    command === 'qmp_capabilities'
      ? '{"return": {}}\n'
      : '{"error": {"class": "x", "desc": "no such thing"}}\n',
  )
  await t.rejects(new Qmp(stream).execute('x'), {
    name: 'InfraError',
    message: "qemu's monitor: no such thing",
  })
})

t.test('a monitor that is gone answers nobody, and says so', async t => {
  const { stream } = monitor(command => (command === 'qmp_capabilities' ? '{"return": {}}\n' : null))
  const qmp = new Qmp(stream)
  const waiting = qmp.execute('query-status')
  setImmediate(() => stream.destroy())
  await t.rejects(waiting, /the monitor|monitor is closed/)
  await t.rejects(qmp.execute('query-status'), /monitor is closed: QEMU has ended/)
})
