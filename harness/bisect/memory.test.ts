import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Memory } from './memory.ts'
import { judgement } from './sample.ts'

t.test(
  'what was added is known to the next process, half a line is not, and what comes after it is',
  async t => {
    const folder = t.testdir({})
    new Memory(folder).add('a', judgement({ signatures: ['x in y'] }))
    appendFileSync(join(folder, 'judgements.jsonl'), '{"commit":"b","ru')
    const second = new Memory(folder)
    t.same(second.commits(), ['a'])
    second.add('a', judgement())
    second.add('c', judgement())
    const third = new Memory(folder)
    t.same(third.commits(), ['a', 'c'])
    t.same(
      third.runsOf('a').map(({ signatures }) => signatures),
      [['x in y'], []],
    )
    third.forget()
    t.equal(new Memory(folder).size, 0)
  },
)
