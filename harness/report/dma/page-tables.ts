import { LIMITS } from '../limits.ts'
import type { PageTablePage, PageTables } from '../report.ts'
import type { Line } from '../input/line.ts'
import { deviceBefore, hexAfter, messageAt, own } from '../text.ts'

/** What images/kernel/<series>/observe.patch prints with dev_info(). */
const MESSAGE = 'dmaspec: page table '

/** Collects page-table pages: `ipmmu-vmsa e67b0000.iommu: dmaspec: page table pages=0x… dma=0x… phys=0x… size=0x…`. */
export class PageTableReader {
  readonly #pages: PageTablePage[] = []
  /** Pages beyond those that are kept. */
  omitted = 0

  line({ text, number }: Line): void {
    const at = messageAt(text, MESSAGE)
    if (at === -1) return
    const device = deviceBefore(text, at)
    const fact = (name: string) => hexAfter(text, ` ${name}=`)
    const [pages, dma, phys, size] = [fact('pages'), fact('dma'), fact('phys'), fact('size')]
    if (device === null || pages === null || dma === null || phys === null || size === null) return
    if (this.#pages.length >= LIMITS.pages) {
      this.omitted++
      return
    }
    this.#pages.push({ device: own(device), pages, dma, phys, size, bounced: dma !== phys, line: number })
  }

  pageTables(): PageTables {
    return pageTables(this.#pages)
  }
}

/** Gives an array of pages its `highest`. It is not enumerable: JSON and comparisons see a plain array. */
export function pageTables(pages: PageTablePage[]): PageTables {
  return Object.defineProperty([...pages], 'highest', {
    get(this: PageTablePage[]): PageTablePage {
      const [first, ...others] = this
      if (!first) throw new Error('the kernel printed no page-table page')
      return others.reduce((highest, page) => (page.phys > highest.phys ? page : highest), first)
    },
  }) as PageTables
}
