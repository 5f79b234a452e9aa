import { execFileSync, spawn } from 'node:child_process'
import t from 'tap'
import { killer, marked, quote } from './command.ts'

t.test('any word is one word', async t => {
  const word = 'it\'s $HOME `a` \\ "b"\nc'
  t.equal(execFileSync('sh', ['-c', `printf %s ${quote(word)}`]).toString(), word)
})

t.test('a command, and all that it started, is found again by its mark', async t => {
  // Ids are of a guest; here the host has them all, so this one is like no other.
  const id = `${process.pid}.`
  const command = spawn('sh', ['-c', marked('sleep 4321 & (sleep 4321; true) | cat; true', id)], {
    stdio: 'ignore',
  })
  const ended = new Promise(resolve => command.on('exit', (_, signal) => resolve(signal)))
  await new Promise(resolve => setTimeout(resolve, 200))
  execFileSync('sh', ['-c', killer(id)], { stdio: 'ignore' })
  t.equal(await ended, 'SIGKILL')
  t.throws(() =>
    execFileSync('sh', ['-c', `grep -ls DMASPEC_COMMAND=${id.replace('.', '[.]')} /proc/[0-9]*/environ`]),
  )
})
