import fc from 'fast-check'

/** What logs are made of, and what readers of them look for: a mutation is likelier to hit with these than with chance. */
const PIECES = [
  ...[
    '[',
    ']',
    '[    1.234567] ',
    '[   T51] ',
    '<4>',
    '> ',
    '| ',
    '\r',
    '\n',
    '\r\n',
    '\x1b[',
    '\x1b]',
    '\b',
    '\0',
  ],
  ...[
    '\ufffd',
    '=3D',
    '=\n',
    '&lt;',
    '<span ',
    '(',
    ')',
    '(null)',
    '+0x',
    '/0x',
    ': ',
    ', ',
    ' at ',
    ' in ',
    '0x',
  ],
  ...[
    '----',
    '====',
    'Code: ',
    'Call trace:\n',
    'CPU: ',
    ' PID: ',
    'Comm: ',
    'x29: ',
    'pc : ',
    '[<',
    '>] ',
    '? ',
  ],
  ...[
    'WARNING: ',
    'BUG: ',
    'Internal error: ',
    'Unable to handle kernel ',
    '---[ end trace ',
    'Modules linked in:',
  ],
  ...[
    'DMA-API: ',
    'swiotlb',
    'iommu',
    'arm-smmu',
    '9'.repeat(40),
    'f'.repeat(40),
    '-1',
    'Linux version ',
    '\u2019',
  ],
]

const piece = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...PIECES) },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
)

const edit = fc.record({
  /** Where, as a part of the text. */
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat(40),
  insert: piece,
  /** How often. */
  times: fc.oneof(fc.constant(1), fc.nat(30)),
})

/** A text that is arbitrary, or one of these logs with some edits, lines moved and doubled. */
export function hostileText(logs: readonly string[]): fc.Arbitrary<string> {
  const edited = fc
    .record({
      log: fc.constantFrom(...logs),
      edits: fc.array(edit, { maxLength: 8 }),
      from: fc.nat(60),
      keep: fc.nat(60),
    })
    .map(({ log, edits, from, keep }) => {
      let text = log
        .split('\n')
        .slice(from, from + keep + 1)
        .join('\n')
      for (const { at, cut, insert, times } of edits) {
        const place = Math.floor(at * text.length)
        text = text.slice(0, place) + insert.repeat(times) + text.slice(place + cut)
      }
      return text
    })
  return fc.oneof(
    { weight: 8, arbitrary: edited },
    { weight: 2, arbitrary: fc.array(piece, { maxLength: 60 }).map(pieces => pieces.join('')) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 400 }) },
  )
}

/** Bytes of a log, some of them changed: what a bad serial line does. */
export function hostileBytes(logs: readonly string[]): fc.Arbitrary<Uint8Array> {
  const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.nat(255) })
  return fc
    .record({ text: hostileText(logs), changes: fc.array(change, { maxLength: 12 }) })
    .map(({ text, changes }) => {
      const bytes = new TextEncoder().encode(text)
      for (const { at, byte } of changes) bytes[Math.floor(at * bytes.length)] = byte
      return bytes
    })
}
