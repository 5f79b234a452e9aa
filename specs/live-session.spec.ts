/** What a session into a guest can do, who may have one, and what the guest reaches through its network. */
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type AddressInfo } from 'node:net'
import ssh2 from 'ssh2'
import t, { type Test } from 'tap'
import { kernels, live, MiB } from '../harness/index.ts'

const sum = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    const guest = await live(t, { kernel, seconds: 120 })

    t.test('a command has output, a status, a signal and a deadline', async t => {
      const chunks: string[] = []
      const { stdout, stderr, status } = await guest.exec(
        "echo one; usleep 300000; printf '\\303'; usleep 300000; printf '\\244\\n'; echo no >&2; exit 3",
        { onOutput: (text, from) => chunks.push(`${from} ${text}`) },
      )
      t.same([stdout, stderr, status], ['one\nä\n', 'no\n', 3])
      t.ok(
        chunks.indexOf('stdout one\n') === 0 && chunks.length >= 3,
        `told as it comes: ${chunks.length} times`,
      )
      t.ok(chunks.includes('stdout ä\n'), 'and no character is cut')
      t.same(await guest.exec('kill -TERM $$'), { stdout: '', stderr: '', status: null, signal: 'TERM' })
      t.same((await guest.exec('wc -c', { input: 'hello' })).stdout, '5\n')
      await t.rejects(guest.exec('sleep 4321 & sleep 4321 | cat', { timeout: 1 }), {
        name: 'GuestError',
        shortMessage: "'sleep 4321 & sleep 4321 | cat' took longer than 1 s",
      })
      t.equal((await guest.exec('pidof sleep')).stdout, '', 'and nothing of it is left')
    })

    t.test('commands side by side, that end as others begin, all have their own status', async t => {
      const statuses = [0, 1, 2, 3, 4]
      for (let round = 0; round < 8; round++) {
        const ends = await Promise.all(statuses.map(status => guest.exec(`exit ${status}`)))
        t.same(
          ends.map(({ status }) => status),
          statuses,
        )
      }
    })

    t.test('files of any bytes go both ways', async t => {
      const size = 16n * MiB
      const bytes = randomBytes(Number(size))
      const started = performance.now()
      await guest.put(bytes, "/tmp/it's big")
      t.match((await guest.exec(`sha256sum "/tmp/it's big"`)).stdout, sum(bytes))
      t.equal(sum(await guest.get("/tmp/it's big")), sum(bytes))
      t.comment(`${size / MiB} MiB in and out: ${((performance.now() - started) / 1000).toFixed(1)} s`)
      await guest.put('', '/tmp/empty')
      t.same(await guest.get('/tmp/empty'), Buffer.alloc(0))
      await t.rejects(guest.get('/tmp/none'), {
        name: 'GuestError',
        message: /can't read \/tmp\/none .* No such file/,
      })
      await t.rejects(guest.put('x', '/none/x'), { name: 'GuestError', message: /can't write \/none\/x / })
    })

    t.test('the kernel is heard while it speaks', async t => {
      for await (const { text, level } of guest.dmesg()) {
        if (text.endsWith(' done')) await guest.exec('echo "<3>now then" > /dev/kmsg')
        if (text !== 'now then') continue
        t.equal(level, 3)
        break
      }
    })

    t.test('nobody else gets in', async t => {
      const stranger = ssh2.utils.generateKeyPairSync('ed25519').private
      t.match(await login(guest.port, { privateKey: stranger }), /authentication/, 'another key')
      t.match(await login(guest.port, { password: '' }), /authentication/, 'no password')
    })

    t.test('the guest reaches nobody: not this host, no name server, nothing behind', async t => {
      const heard = await listen(t)
      const { port } = heard
      // 10.0.2.2 would be this host, 10.0.2.3 its name server, if the network was not restricted.
      const addresses = [`10.0.2.2 ${port}`, '10.0.2.3 53', '127.0.0.1 ' + port, '192.0.2.1 80']
      const tries = addresses.map(
        address => `nc -w 2 ${address} </dev/null >/dev/null 2>&1 && echo reached ${address}`,
      )
      t.equal((await guest.exec(tries.join('; '))).stdout, '')
      t.not((await guest.exec('nslookup localhost 10.0.2.3', { timeout: 30 })).status, 0)
      t.equal(heard.connections(), 0, `nobody came to port ${port}`)
    })
  })
}

/** What came of a login as root: `in`, or why not. */
function login(port: number, how: { privateKey?: string; password?: string }): Promise<string> {
  return new Promise(resolve => {
    const client = new ssh2.Client()
    client.on('ready', () => resolve('in'))
    client.on('error', error => resolve(error.message))
    client.on('close', () => resolve('closed'))
    client.connect({ host: '127.0.0.1', port, username: 'root', readyTimeout: 30_000, ...how })
  })
}

/** A service of this host's loopback, and how many came. */
async function listen(t: Test) {
  let connections = 0
  const server = createServer(socket => {
    connections += 1
    socket.end()
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  t.teardown(() => server.close())
  return { port: (server.address() as AddressInfo).port, connections: () => connections }
}
