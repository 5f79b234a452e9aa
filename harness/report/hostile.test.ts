import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { A_GOOD_BOOT, THE_REPORT } from './consoles.ts'
import { toJson } from './json.ts'
import { parseConsole } from './parse.ts'
import { takesLinearTime } from '../linear.ts'

const NONCE = '0123456789abcdef0123456789abcdef'
const seeds = [...THE_REPORT, ...A_GOOD_BOOT(NONCE)]

/** A small generator, so that a failure can be had again. */
function random(seed: number): (below: number) => number {
  return below => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
}

t.test('nothing makes the parser throw: lines cut, doubled, shuffled, with bytes changed', async t => {
  const pick = random(1)
  for (let round = 0; round < 2000; round++) {
    const lines = Array.from({ length: 1 + pick(40) }, () => {
      let line = seeds[pick(seeds.length)] ?? ''
      for (let change = pick(4); change > 0; change--) {
        const at = pick(line.length + 1)
        const piece = [String.fromCharCode(pick(0x300)), '', '[', ': ', '0x', '9'.repeat(pick(40)), line][
          pick(7)
        ]
        line = line.slice(0, at) + piece + line.slice(at + pick(3))
      }
      return line
    })
    toJson(parseConsole(lines))
  }
  t.pass()
})

t.test('long lines take linear time', async t => {
  const pieces = [
    '[',
    '[ ',
    '[    1.000000',
    'dmaspec: ',
    'a+0x',
    'WARNING: ',
    ' Tainted: A',
    ' at ',
    '0x1-',
    'Comm: ',
  ]
  for (const piece of [...pieces, ...seeds.slice(0, 6)]) {
    const parse = (length: number) => {
      const line = piece.repeat(Math.ceil(length / piece.length))
      parseConsole([line, `[    1.000000] ${line}`, ` ${line}`])
    }
    takesLinearTime(t, JSON.stringify(piece), parse, 125_000)
  }
})

const LOGS = new URL('../../../shared/logs/', import.meta.url)
t.test(
  'real logs',
  { skip: existsSync(LOGS) ? false : 'no sample logs in ../shared/logs beside the clone' },
  async t => {
    for (const folder of ['mail/', 'syzkaller/']) {
      for (const file of readdirSync(new URL(folder, LOGS)).filter(name => name.endsWith('.log'))) {
        const text = readFileSync(new URL(folder + file, LOGS), 'latin1')
        t.doesNotThrow(() => toJson(parseConsole(text.split('\n'))), file)
      }
    }
  },
)
