/**
 * Registers as arch/arm64/kernel/process.c, __show_regs() prints them (`x29: ffff… x28: …`, two a line, three since 5.14),
 * arm32's (`r10: c0…  r9 : …`) and x86's (`RAX: …`, `RSP: 0018:ffff… EFLAGS: …`). A line may be torn into one register each
 * (KERN_CONT). Null if the text is something else.
 */
export function readRegisters(text: string): [name: string, value: bigint][] | null {
  const found: [string, bigint][] = []
  let at = 0
  while (at < text.length && found.length < MOST) {
    PAIR.lastIndex = at
    const [whole, name = '', digits = ''] = PAIR.exec(text) ?? []
    if (whole === undefined || !NAMES.has(name)) break
    found.push([name, BigInt(`0x${/^[0-9a-f]/i.test(digits) ? digits : '0'}`)])
    at += whole.length
  }
  return found.length > 0 ? found : null
}

const MOST = 16
// A segment may stand before the value: `RSP: 0018:ffffc900055df988`; a value may be `(null)` with %p
const PAIR =
  /[ \t]{0,8}([A-Za-z][A-Za-z0-9_]{0,7}) {0,2}: {0,12}(?:[0-9a-f]{4}:)?(?:\[?<?0x|\[<)?([0-9a-f]{8,16}|\(null\))(?:>\])?(?![0-9a-z])/iy

const numbered = (letter: string, count: number) => Array.from({ length: count }, (_, i) => `${letter}${i}`)

const NAMES = new Set([
  ...['sp', 'pc', 'lr', 'pstate', 'ip', 'fp', 'psr', ...numbered('x', 31), ...numbered('r', 11)],
  ...[
    'RAX',
    'RBX',
    'RCX',
    'RDX',
    'RSI',
    'RDI',
    'RBP',
    'RSP',
    'EFLAGS',
    'ORIG_RAX',
    'CR0',
    'CR2',
    'CR3',
    'CR4',
  ],
  ...[
    'R08',
    'R09',
    'R10',
    'R11',
    'R12',
    'R13',
    'R14',
    'R15',
    'EAX',
    'EBX',
    'ECX',
    'EDX',
    'ESI',
    'EDI',
    'EBP',
    'ESP',
  ],
])
