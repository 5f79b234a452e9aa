import t from 'tap'
import { hostPackages, missingPackages } from './host.ts'

t.test('what dpkg does not call installed is missing', async t => {
  const query = ['installed bc', 'config-files flex', 'dpkg-query: no packages found matching bison']
  t.same(missingPackages(['bc', 'bison', 'flex'], query), ['bison', 'flex'])
  t.same(missingPackages(['bc'], query), [])
})

t.test('every package of the table is there once, with a reason', async t => {
  t.equal(new Set(hostPackages.map(({ name }) => name)).size, hostPackages.length)
  t.same(
    hostPackages.filter(({ why }) => why.length < 3),
    [],
  )
})
