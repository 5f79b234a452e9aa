import type { Syndrome, Values } from '../row.ts'
import { bit, field, numberOf, textOf } from './bits.ts'

interface EventType {
  /** As drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c, event_str has it, and Arm IHI 0070, 7.3. */
  name: string
  words: string
  /** What the record holds beyond stream and substream (Arm IHI 0070, 7.3.1 ff.). */
  holds: 'nothing' | 'access' | 'fetch' | 'input'
}

const EVENTS: Readonly<Record<number, EventType>> = {
  0x01: { name: 'F_UUT', words: 'unsupported upstream transaction', holds: 'input' },
  0x02: { name: 'C_BAD_STREAMID', words: 'stream id out of range', holds: 'nothing' },
  0x03: { name: 'F_STE_FETCH', words: 'fetch of the stream table entry failed', holds: 'fetch' },
  0x04: { name: 'C_BAD_STE', words: 'stream table entry is bad', holds: 'nothing' },
  0x05: { name: 'F_BAD_ATS_TREQ', words: 'bad ATS translation request', holds: 'input' },
  0x06: { name: 'F_STREAM_DISABLED', words: 'stream is disabled', holds: 'nothing' },
  0x07: { name: 'F_TRANSL_FORBIDDEN', words: 'translated transaction is forbidden', holds: 'input' },
  0x08: { name: 'C_BAD_SUBSTREAMID', words: 'substream id is bad', holds: 'nothing' },
  0x09: { name: 'F_CD_FETCH', words: 'fetch of the context descriptor failed', holds: 'fetch' },
  0x0a: { name: 'C_BAD_CD', words: 'context descriptor is bad', holds: 'nothing' },
  0x0b: { name: 'F_WALK_EABT', words: 'external abort on a page-table walk', holds: 'access' },
  0x10: { name: 'F_TRANSLATION', words: 'translation fault', holds: 'access' },
  0x11: { name: 'F_ADDR_SIZE', words: 'address size fault', holds: 'access' },
  0x12: { name: 'F_ACCESS', words: 'access flag fault', holds: 'access' },
  0x13: { name: 'F_PERMISSION', words: 'permission fault', holds: 'access' },
  0x20: { name: 'F_TLB_CONFLICT', words: 'TLB conflict', holds: 'access' },
  0x21: { name: 'F_CFG_CONFLICT', words: 'configuration cache conflict', holds: 'nothing' },
  0x24: { name: 'E_PAGE_REQUEST', words: 'page request', holds: 'input' },
  0x25: { name: 'F_VMS_FETCH', words: 'fetch of the VMS failed', holds: 'fetch' },
}

/** event_class_str of the same file. */
const CLASSES = ['CD fetch', 'translation table fetch', 'input address', 'reserved'] as const

/** `F_TRANSLATION`; `UNKNOWN` for what the table does not have. */
export function eventName(id: bigint): string {
  return EVENTS[Number(id)]?.name ?? 'UNKNOWN'
}

/** `F_TRANSLATION: translation fault`. */
function reasonOf(name: string): string {
  const type = Object.values(EVENTS).find(type => type.name === name)
  return type ? `${type.name}: ${type.words}` : name
}

/**
 * An event record: four words of 64 bits (arm-smmu-v3.h, EVTQ_*). The kernel prints them one a line, and in no other
 * way before 6.15.
 */
export function eventRecord(words: readonly bigint[]): { syndrome: Syndrome; values: Values } {
  const [first = 0n, second = 0n, address = 0n, fourth = 0n] = words
  const id = field(first, 7, 0)
  const type = EVENTS[Number(id)]
  const sid = field(first, 63, 32)
  const access = type?.holds === 'access'
  const values: Values = { event: eventName(id), sid }
  if (bit(first, 11)) values['ssid'] = field(first, 31, 12)
  if (access) {
    values['iova'] = address
    values['class'] = CLASSES[Number(field(second, 41, 40))] ?? 'reserved'
    values['stage'] = bit(second, 39) ? 's2' : 's1'
    values['privileged'] = bit(second, 33) ? 'priv' : 'unpriv'
    values['stag'] = field(second, 15, 0)
    if (bit(second, 31)) values['stall'] = 'stall'
    if (bit(second, 39)) values['ipa'] = field(fourth, 51, 12) << 12n
  } else if (type?.holds === 'input') values['iova'] = address
  else if (type?.holds === 'fetch') values['fetch_addr'] = field(fourth, 51, 3) << 3n
  return {
    values,
    syndrome: {
      status: first,
      iova: numberOf(values, 'iova'),
      access: access ? accessOf(bit(second, 34), bit(second, 35)) : null,
      reason: reasonOf(eventName(id)),
      stream: sid,
    },
  }
}

function accessOf(instruction: boolean, read: boolean): 'read' | 'write' | 'execute' {
  return instruction ? 'execute' : read ? 'read' : 'write'
}

/** `event: F_TRANSLATION client: 0000:01:00.0 sid: 0x100 ssid: 0x0 iova: 0x1000 ipa: 0x0`: since 6.15. */
export function decodedEvent(values: Values): Syndrome {
  return {
    iova: numberOf(values, 'iova'),
    reason: reasonOf(textOf(values, 'event') ?? 'UNKNOWN'),
    stream: numberOf(values, 'sid'),
  }
}

/** The line after it: `unpriv data write s1 "Input address caused fault" stag: 0x0`. */
export function decodedAccess(values: Values): Syndrome {
  const kind = textOf(values, 'kind')
  return { access: accessOf(kind === 'inst', textOf(values, 'access') === 'read') }
}
