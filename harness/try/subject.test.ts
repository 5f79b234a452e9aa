import t from 'tap'
import { readSubject } from './subject.ts'

const rows: Record<string, Partial<ReturnType<typeof readSubject>>> = {
  '[PATCH] iommu: fix it': { title: 'iommu: fix it', isReply: false, version: 1, number: null, of: null },
  '[PATCH v2 01/12] a [b] c': { title: 'a [b] c', version: 2, number: 1, of: 12 },
  '[RFC PATCH net-next V3 0/4] cover': { title: 'cover', version: 3, number: 0, of: 4 },
  '[list] [PATCH 2/2] x': { title: 'x', number: 2, of: 2 },
  'Re: [PATCH 1/2] x': { title: 'x', isReply: true, number: 1 },
  'Re: Re: x': { title: 'x', isReply: true },
  '[PATCH] Re: x': { title: 'x', isReply: true },
  '[PATCH] revert 1/2 of it': { title: 'revert 1/2 of it', number: null },
  '[PATCH] regulator: v2 of it': { title: 'regulator: v2 of it', version: 1 },
  '': { title: '(no subject)' },
  '[PATCH] \x1b[31mred': { title: '\ufffd[31mred' },
}
for (const [subject, says] of Object.entries(rows))
  t.test(JSON.stringify(subject), async t => void t.match(readSubject(subject), says))
