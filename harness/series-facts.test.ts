import t from 'tap'
import { kernelRow } from './images/series.ts'
import { factsOf, factsOfVersion } from './series-facts.ts'

const row = (series: string) => kernelRow(series)?.facts

t.test('a kernel has the facts of its series, whatever its flavour', async t => {
  t.equal(factsOf('6.1'), row('6.1'))
  t.equal(factsOf('6.12+debug'), row('6.12'))
  t.not(row('6.12'), row('6.1'))
})

t.test('a kernel that is no series has those of the newest row that is not newer', async t => {
  t.equal(factsOfVersion('6.1.192-2'), row('6.1'))
  t.equal(factsOfVersion('6.9.0-rc1'), row('6.1'))
  t.equal(factsOfVersion('6.18'), row('6.12'), 'versions are numbers: 6.18 is newer than 6.2')
  t.equal(factsOfVersion('7.3.4-1~bpo13+1'), row('7.3'))
  t.equal(factsOfVersion('8.0'), row('7.3'))
  t.equal(factsOf('6.9'), row('6.1'))
})

t.test('what is older than all has those of the oldest, what is no version those of the newest', async t => {
  t.equal(factsOfVersion('4.19.325'), row('5.10'))
  t.equal(factsOfVersion('next'), row('7.3'))
})
