import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { needQemu } from '../../images/index.ts'
import { attack } from './attack.ts'
import { Dice } from './dice.ts'
import { nextOperation } from './operations.ts'

/** make attack does 10^6, on the sanitized emulator. */
const COUNT = 20_000

t.setTimeout(120_000)

t.test('a seed makes the same round again, and another one another', async t => {
  const lines = (seed: number) => {
    const dice = new Dice(seed)
    return Array.from({ length: 200 }, () => nextOperation(dice).lines).flat()
  }
  t.same(lines(7), lines(7))
  t.notSame(lines(7), lines(8))
})

t.test(`${COUNT} random operations break nothing, and the guest's mistakes are logged`, async t => {
  const out = join(t.testdir(), 'found')
  // Always the same, so that a commit is not judged by the dice; make attack ARGS=--seed=… throws others.
  const seed = 1
  const { binary: qemu } = await needQemu()
  const result = await attack({ qemu, count: COUNT, seed, round: 10_000, out })
  t.same(result.findings, [], `seed ${seed}`)
  t.equal(result.operations, COUNT)
  t.notOk(existsSync(out), 'nothing is kept of what found nothing')
  for (const device of [
    'rcar_ipmmu',
    'rcar_sata',
    'rcar_scif',
    'rcar_dmac',
    'rcar_sdhi',
    'smmuv2',
    'dmaprobe',
  ])
    t.ok((result.mistakes[device] ?? 0) > 0, `${device}: ${result.mistakes[device]}`)
  t.comment(`seed ${seed}: ${JSON.stringify(result.mistakes)}`)
})

t.test('a QEMU that dies is a finding, with the commands that it died of', async t => {
  const dir = t.testdir()
  const { binary } = await needQemu()
  // QEMU under a shell that ends it in the middle of the round.
  const qemu = join(dir, 'qemu')
  writeFileSync(
    qemu,
    `#!/bin/sh\n(sleep 0.2; echo 'ERROR: TestSanitizer: here' >&2; kill -ABRT $$) &\nexec ${binary} "$@"\n`,
  )
  chmodSync(qemu, 0o755)
  const { findings } = await attack({
    qemu,
    count: 10 ** 6,
    seed: 3,
    round: 10 ** 6,
    out: join(dir, 'found'),
  })
  const [finding] = findings
  t.equal(findings.length, 1)
  t.match(finding, { seed: 3, reason: /qemu was killed by SIGABRT: ERROR: TestSanitizer: here/ })
  const dice = new Dice(3)
  const first = nextOperation(dice).lines.join('\n')
  t.ok(readFileSync(finding?.commands ?? '', 'utf8').startsWith(first))
})
