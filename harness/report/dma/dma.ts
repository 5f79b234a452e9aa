import type { DmaFact } from '../report.ts'
import type { Line } from '../input/line.ts'
import { deviceBefore, hexAfter, messageAt, numberAfter } from '../text.ts'

interface Row {
  message: string
  /** Must be in the line too. */
  with?: string
  kind: DmaFact['kind']
  read(message: string): Pick<DmaFact, 'addresses' | 'size'>
}

const range = (message: string) => ({
  addresses: present(hexAfter(message, '[mem '), hexAfter(message, '-')),
  size: mebibytes(numberAfter(message, '(')),
})

const full = (message: string) => ({ addresses: [], size: bytes(numberAfter(message, '(sz: ')) })

const ROWS: readonly Row[] = [
  // kernel/dma/swiotlb.c, swiotlb_print_info(): `mapped [mem 0x…-0x…] (64MB)` since 4.19
  { message: 'software IO TLB: mapped [mem ', kind: 'swiotlb-mapped', read: range },
  // the same before: `software IO TLB [mem 0x…-0x…] (64MB) mapped at […]`
  { message: 'software IO TLB [mem ', with: 'mapped at', kind: 'swiotlb-mapped', read: range },
  // kernel/dma/swiotlb.c, swiotlb_tbl_map_single(): `(sz: %zd bytes)` since 4.4, totals since 5.1
  { message: 'swiotlb buffer is full', kind: 'swiotlb-full', read: full },
  // kernel/dma/direct.h, dma_direct_map_page(): `DMA addr %pad+%zu overflow (mask %llx, bus limit %llx).` since 5.5
  {
    message: 'DMA addr ',
    with: ' overflow (mask ',
    kind: 'dma-overflow',
    read: message => ({
      addresses: present(hexAfter(message, 'addr ')),
      size: bytes(numberAfter(message, '+')),
    }),
  },
  // kernel/dma/direct.c, report_addr(): `overflow %pad+%zu of DMA mask %llx bus mask %llx` 4.20 to 5.4
  {
    message: 'overflow ',
    with: ' of DMA mask ',
    kind: 'dma-overflow',
    read: message => ({
      addresses: present(hexAfter(message, 'overflow ')),
      size: bytes(numberAfter(message, '+')),
    }),
  },
]

/** Collects what the kernel says of DMA outside page tables. */
export class DmaReader {
  readonly #facts: DmaFact[] = []

  line({ text, number }: Line): void {
    for (const row of ROWS) {
      const at = messageAt(text, row.message)
      if (at === -1 || (row.with !== undefined && !text.includes(row.with))) continue
      const message = text.slice(at).trimEnd()
      this.#facts.push({
        ...{ kind: row.kind, error: row.kind !== 'swiotlb-mapped' },
        ...{ driver: null, mask: null, busLimit: null, values: {}, places: [], boot: 0 },
        device: deviceBefore(text, at),
        ...row.read(message),
        message,
        line: number,
      })
      return
    }
  }

  facts(): DmaFact[] {
    return this.#facts
  }
}

function present(...addresses: (bigint | null)[]): bigint[] {
  return addresses.filter(address => address !== null)
}

function bytes(count: number | null): bigint | null {
  return count === null ? null : BigInt(count)
}

function mebibytes(count: number | null): bigint | null {
  return count === null ? null : BigInt(count) << 20n
}
