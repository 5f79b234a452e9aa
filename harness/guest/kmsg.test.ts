import t from 'tap'
import { parseRecord, readMessages } from './kmsg.ts'

t.test('a record of /dev/kmsg', async t => {
  t.same(parseRecord('6,339,5140900,-;NET: Registered PF_INET\\x20x'), {
    level: 6,
    sequence: 339,
    time: 5.1409,
    text: 'NET: Registered PF_INET x',
  })
  t.equal(parseRecord('30,340,5690716,-,caller=T1;udevd[80]: started')?.level, 6, 'of a facility, too')
  t.equal(parseRecord(' SUBSYSTEM=acpi'), null, 'a continuation is no record')
  t.equal(parseRecord('hello'), null)
})

t.test('records come as they are printed, whatever the chunks', async t => {
  const texts: string[] = []
  const chunks = ['6,1,1,-;one\n6,2,', '2,-;two\n K=V\n', '6,3,3,-;three\n6,4,4,-;cut']
  for await (const { text } of readMessages(async onOutput => {
    for (const chunk of chunks) {
      await new Promise(done => setImmediate(done))
      onOutput(chunk, 'stdout')
      onOutput('cat: read error\n', 'stderr')
    }
  }))
    texts.push(text)
  t.same(texts, ['one', 'two', 'three'])
})

t.test('an end that is a failure is told after what came before', async t => {
  const texts: string[] = []
  await t.rejects(
    (async () => {
      for await (const { text } of readMessages(async onOutput => {
        await Promise.resolve()
        onOutput('6,1,1,-;one\n', 'stdout')
        throw new Error('the session ended')
      }))
        texts.push(text)
    })(),
    /the session ended/,
  )
  t.same(texts, ['one'])
})
