/** The guest's side is a server of ssh2's: what a boot does with dropbear, specs/live.spec.ts has. */
import type { AddressInfo } from 'node:net'
import ssh2 from 'ssh2'
import t, { type Test } from 'tap'
import { makeKeys } from './keys.ts'
import { connect, execute } from './ssh.ts'

/** A server with a new host key that lets everybody in. */
async function serve(t: Test, act: (command: string, channel: ssh2.ServerChannel) => void) {
  const host = ssh2.utils.generateKeyPairSync('ed25519')
  const clients: ssh2.Connection[] = []
  const server = new ssh2.Server({ hostKeys: [host.private] }, client => {
    clients.push(client)
    client.on('authentication', context => context.accept())
    client.on('error', () => undefined)
    client.on('session', accept => {
      accept().on('exec', (accept, _reject, { command }) => act(command, accept()))
    })
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  t.teardown(() => server.close())
  const hostKey = (ssh2.utils.parseKey(host.public) as ssh2.ParsedKey).getPublicSSH()
  return { port: (server.address() as AddressInfo).port, hostKey, drop: () => clients.forEach(c => c.end()) }
}

t.test("the keys of two boots differ, and the host's is in the form that dropbear reads", async t => {
  const [one, two] = [makeKeys(), makeKeys()]
  t.notOk(one.hostKey.equals(two.hostKey))
  t.not(one.userKey, two.userKey)
  const file = one.files.find(({ path }) => path.endsWith('host_key'))
  const content = file?.kind === 'file' ? file.content : Buffer.alloc(0)
  t.equal(content.length, 4 + 11 + 4 + 64)
  t.same(content.subarray(-32), one.hostKey.subarray(-32), 'its last half is the public key')
})

t.test('a command: its output, its status, the signal that ended it', async t => {
  const { port, hostKey } = await serve(t, (command, channel) => {
    channel.write('out')
    channel.stderr.write('err')
    if (command === 'kill') channel.exit('KILL' as never)
    else channel.exit(3)
    channel.end()
  })
  const client = await connect(port, { ...makeKeys(), hostKey })
  t.teardown(() => client.end())
  const { stdout, stderr, status, signal } = await execute(client, 'x')
  t.same([stdout.toString(), stderr.toString(), status, signal], ['out', 'err', 3, null])
  const killed = await execute(client, 'kill')
  t.same([killed.status, killed.signal], [null, 'KILL'])
})

t.test('another host than the one of this boot is not talked to', async t => {
  const { port } = await serve(t, () => undefined)
  await t.rejects(connect(port, makeKeys()), {
    name: 'InfraError',
    message: /who listens on port \d+ is not this boot's guest: its host key is another/,
  })
})

t.test('a connection that is cut fails what waits on it', async t => {
  const { port, hostKey, drop } = await serve(t, () => setTimeout(() => drop(), 20))
  const client = await connect(port, { ...makeKeys(), hostKey })
  await t.rejects(execute(client, 'x'), /the ssh session ended before the command did/)
})
