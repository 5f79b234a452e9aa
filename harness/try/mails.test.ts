import t from 'tap'
import { chooseMails } from './mails.ts'

const diff = (what: string) => `--- a/${what}\n+++ b/${what}\n`
const mail = (subject: string, what = subject) => ({ subject, diff: what && diff(what) })
const titles = (...mails: Parameters<typeof chooseMails>[1]) => {
  const { patches, notes } = chooseMails('x.mbox', mails)
  return { patches: patches.map(({ title }) => title), notes }
}

t.test('by number, whatever the order in which they came', async t => {
  t.same(titles(mail('[PATCH 3/3] c'), mail('[PATCH 1/3] a'), mail('[PATCH 2/3] b')), {
    patches: ['a', 'b', 'c'],
    notes: [],
  })
  t.same(titles(mail('b'), mail('a')).patches, ['b', 'a'], 'without numbers, as they came')
})

t.test('the cover letter, answers and mails without a patch are left out, and said', async t => {
  const { patches, notes } = titles(
    mail('[PATCH 0/1] about', ''),
    mail('[PATCH 1/1] a'),
    mail('Re: [PATCH 1/1] a', ''),
    mail('Re: [PATCH 1/1] a', 'other'),
    mail('[ANNOUNCE] me', ''),
  )
  t.same(patches, ['a'])
  t.same(notes, [
    "left out 'about': the cover letter",
    "left out 'a': an answer",
    "left out 'a': an answer; to try the diff in it, give it as a file",
    "left out 'me': there is no patch in it",
  ])
})

t.test('of several versions the newest', async t => {
  t.same(titles(mail('[PATCH 1/2] a'), mail('[PATCH 2/2] b'), mail('[PATCH v2 1/1] a')), {
    patches: ['a'],
    notes: ["left out 'a': there is a v2 of it", "left out 'b': there is a v2 of it"],
  })
  t.same(titles(mail('[PATCH v2] a'), mail('[PATCH] a'), mail('[PATCH] b')).patches, ['a', 'b'])
})

t.test('what is missing is said, and what is there twice', async t => {
  t.same(titles(mail('[PATCH 1/3] a'), mail('[PATCH 3/3] c')).notes, ['there is no 2/3'])
  t.same(titles(mail('[PATCH 2/3] a')).notes, [], 'one patch is a file of its own')
  t.same(titles(mail('[PATCH 1/2] a'), mail('[PATCH 1/2] a'), mail('[PATCH 2/2] b')), {
    patches: ['a', 'b'],
    notes: ["left out 'a': it is there twice"],
  })
  t.throws(() => titles(mail('[PATCH 1/2] a'), mail('[PATCH 1/2] b')), {
    name: 'CellError',
    message: 'x.mbox has two patches that say 1/2: leave one out',
  })
})

t.test('nothing to try is an error that says what there was', async t => {
  t.throws(() => titles(mail('Re: x', '')), {
    name: 'CellError',
    message: "x.mbox: there is no patch in it\n  left out 'x': an answer",
  })
})
