import { count } from '../../text.ts'
import { prose, say, type Say } from '../say.ts'
import type { Rule } from './reading.ts'

/** include/linux/swiotlb.h: IO_TLB_SIZE is 2 KiB, IO_TLB_SEGSIZE 128 of them. */
const SLOT = 2048n
const MOST = 128n * SLOT

/** A mapping that had to be bounced, and could not be. */
export const swiotlbFull: Rule = ({ dma }) => {
  const facts = dma.filter(({ kind }) => kind === 'swiotlb-full')
  const [fact] = facts
  if (!fact) return null
  const { size, device } = fact
  const [total, used] = [numberOf(fact.values['total']), numberOf(fact.values['used'])]
  return {
    short: say`${device ?? 'a device'} got no bounce buffer`,
    says: [
      say`${device ?? 'A device'} needed ${String(size ?? 0n)} bytes of bounce buffer in one piece, and got none${facts.length > 1 ? say` (${count(facts.length, 'such line')})` : prose('')}. ${why(size, total, used)}`,
    ],
    lines: facts.slice(0, 3).map(({ line }) => line),
    next: [
      prose(
        'First: why is it bounced at all? A DMA mask that could be wider (dma_set_mask_and_coherent(), dma-ranges) spares the copy. Then: mappings that are never unmapped; at last swiotlb=<slots> on the command line.',
      ),
    ],
  }
}

function why(size: bigint | null, total: bigint | null, used: bigint | null): Say {
  if (size !== null && size > MOST)
    return say`That is more than swiotlb ever maps in one piece: ${String(MOST)} bytes (256 KiB). The driver asked for too much at once: dma_max_mapping_size() tells how much it may.`
  if (total === null || used === null) return prose('')
  if (total > 0n && used * 10n < total * 9n)
    return say`${used.toString()} of ${total.toString()} slots (of 2 KiB) are in use: it is not used up, but no free run was long enough.`
  return say`${used.toString()} of ${total.toString()} slots (of 2 KiB) are in use: it is used up, by load or by mappings that are never unmapped.`
}

function numberOf(value: bigint | string | undefined): bigint | null {
  if (typeof value === 'bigint') return value
  return value !== undefined && /^\d{1,15}$/.test(value) ? BigInt(value) : null
}
