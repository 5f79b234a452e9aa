import fc from 'fast-check'
import t from 'tap'
import { BOOT_WORDS } from '../report/boots.ts'
import { OOPS_WORDS, STRAY_WORDS } from '../report/crash/reader.ts'
import { DISK_WORDS } from '../report/disk/disk.ts'
import { FACT_WORDS } from '../report/dma/facts.ts'
import { type LineForm, LineSplitter } from '../report/input/chunks.ts'
import { toJson } from '../report/json.ts'
import { ConsoleParser } from '../report/parse.ts'
import { hostileText } from './inputs.ts'
import { sampleLogs } from './logs.ts'

const CHUNK = 65_536

/** As files are parsed: in chunks, plain lines where they stand, and those that are for no reader not even cut out. */
function skimmed(log: string): string {
  const parser = new ConsoleParser()
  return parsed(
    log,
    parser,
    (line, form) => parser.line(line, form),
    (...line) => parser.plain(...line),
  )
}

/** Each line by itself: all readers look at all of them. */
function read(log: string): string {
  const parser = new ConsoleParser()
  return parsed(log, parser, (line, form) => parser.line(line, form))
}

/** And for all that anybody may have done to it. */
function readInFull(log: string): string {
  const parser = new ConsoleParser()
  return parsed(log, parser, (line, { continued }) => parser.line(line, { plain: false, continued }))
}

function parsed(
  log: string,
  parser: ConsoleParser,
  onLine: (line: string, form: LineForm) => void,
  onPlain?: (block: string, from: number, end: number) => boolean,
): string {
  const bytes = new TextEncoder().encode(log)
  const lines = new LineSplitter(onLine, onPlain)
  for (let at = 0; at < bytes.length; at += CHUNK) lines.write(bytes.subarray(at, at + CHUNK))
  lines.end()
  return toJson(parser.report())
}

const logs = sampleLogs()

t.test('real consoles give the same report, skimmed, read and read in full', async t => {
  for (const log of [...logs, logs.join('\n')]) {
    const report = skimmed(log)
    if (report !== read(log) || report !== readInFull(log)) t.fail(log.slice(0, 200))
  }
})

t.test('mutated ones give the same, skimmed or read', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(hostileText(logs), log => skimmed(log) === read(log)),
      { numRuns: 5000, seed: 20181119 },
    ),
  )
})

const words = [BOOT_WORDS, OOPS_WORDS, STRAY_WORDS, FACT_WORDS, DISK_WORDS].flatMap(
  ({ starts = [], parts = [], anywhere = [] }) => [...starts, ...parts, ...anywhere],
)
const messages = new Set(logs.flatMap(log => log.split('\n').map(line => line.replace(/^\[[^\]]*\] ?/, ''))))
const between = [
  ' ',
  '  ',
  '\t',
  ':',
  ': ',
  ':  ',
  '[',
  '0x1',
  'a',
  'sata_rcar ee300000.sata: ',
  'ata1: ',
  'ata1.00: ',
]

const stamped = (messages: readonly string[], caller: string) =>
  messages.map((message, i) => `[    1.${String(i).padStart(6, '0')}]${caller} ${message}`).join('\n')

const device = 'sata_rcar ee300000.sata: '

/** Lines that matter by what stands before or after them, or by a word that has no place of its own. */
const ELSEWHERE: Readonly<Record<string, { lines: readonly string[]; tells: RegExp }>> = {
  'frames below a complaint': {
    lines: [
      `[    1.000000] DMA-API: ${device}device driver failed to check map error[size=64 bytes]`,
      ...['[    1.000001] Mapped at:', '[    1.000002]  foo+0x1/0x2', '[    1.000003]  bar+0x1/0x2'],
    ],
    tells: /foo ← bar/,
  },
  'a message that the terminal cut in two': {
    lines: [`[    1.000000] ${'x'.repeat(26)}: ${device}Adding to io`, 'mmu group 7'],
    tells: /group-joined/,
  },
  'a field without a colon': {
    lines: ['[    1.000000] *dev->dma_mask = 0xffffffffff (40-bit)'],
    tells: /dma-field-print/,
  },
  'a colon without a blank': {
    lines: ['[    1.000000] foo invoked oom-killer:gfp_mask=0x1, order=0'],
    tells: /oom/,
  },
  'a message without its last character': {
    lines: ['[    1.000000] software IO TLB: area num 8', '[    1.000001] a'],
    tells: /swiotlb-areas/,
  },
  'what vendors print behind the time': {
    lines: [`[    1.000000] [0:  swapper/0:    1] ${device}Adding to iommu group 7`],
    tells: /group-joined/,
  },
  'two callers': {
    lines: ['[    1.000000][   T51][   T52] Unable to handle kernel NULL pointer dereference at 0x38'],
    tells: /null-deref/,
  },
  'an address behind the time': {
    lines: [
      '[    1.000000] [ffff000009c9b990] pgd=0000000000000000',
      `[    1.000001] [<ffff000008081234>] foo`,
    ],
    tells: /boots/,
  },
  'a boot loader behind the first line of a boot': {
    lines: [
      ...['[    0.000000] Linux version 6.1.0', '[    1.000000] a'],
      ...['Linux version 6.1.0', 'U-Boot 2023.01', 'Linux version 6.1.0'],
    ],
    tells: /"oopses":\s*\[\]/,
  },
}

for (const [name, { lines, tells }] of Object.entries(ELSEWHERE)) {
  t.test(`${name}: the same, skimmed or read`, async t => {
    const log = [...lines, '[    1.000009] a'].join('\n')
    t.match(skimmed(log), tells)
    t.equal(skimmed(log), read(log))
    t.equal(skimmed(log), readInFull(log))
  })
}

t.test('messages that are made of what readers look for give the same, skimmed or read', async t => {
  const piece = fc.oneof(...[words, [...messages], between].map(pieces => fc.constantFrom(...pieces)))
  const message = fc.array(piece, { maxLength: 5 }).map(pieces => pieces.join(''))
  const log = fc.record({
    messages: fc.array(message, { maxLength: 40 }),
    caller: fc.constantFrom('', '[   T51]'),
  })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(log, ({ messages, caller }) => {
        const text = stamped(messages, caller)
        return skimmed(text) === read(text)
      }),
      { numRuns: 5000, seed: 20181119 },
    ),
  )
})
