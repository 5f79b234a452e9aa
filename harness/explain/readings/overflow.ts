import { count } from '../../text.ts'
import { prose, say } from '../say.ts'
import type { Rule } from './reading.ts'
import { lastByte, whatStops } from './masks.ts'

/** An address that the device can't be given, and no bounce buffer took its place. */
export const overflow: Rule = ({ dma }) => {
  const facts = dma.filter(({ kind }) => kind === 'dma-overflow')
  const [fact] = facts
  if (!fact) return null
  const last = lastByte(fact)
  const stops = last === null ? null : whatStops(last, { ...fact, lines: [] })
  if (last === null || !stops) return null
  const [place] = fact.places
  const where = place?.zone
    ? say` It lies in zone ${place.zone}.`
    : place?.inRam === false
      ? say` It is not in RAM, by the log's own map.`
      : say``
  const more = facts.length > 1 ? say` The log has ${count(facts.length, 'such line')}.` : say``
  // kernel/dma/swiotlb.c, swiotlb_map(): the other messages are of what was not bounced
  const bounced = fact.message.includes('swiotlb addr')
    ? prose('That is the address of the bounce buffer: even it lies too high.')
    : prose('It was not bounced: there is no swiotlb, or it is not for this mapping.')
  return {
    short: say`${fact.device ?? 'a device'} can not be given an address that high`,
    says: [
      say`${fact.device ?? 'A device'} was to be given the DMA address ${fact.addresses[0] ?? 0n}, ${String(fact.size ?? 0n)} bytes. ${stops}${where}${more} ${bounced}`,
    ],
    lines: facts.slice(0, 3).map(({ line }) => line),
    next: [
      say`Can the hardware really address no more? If it can, the driver's dma_set_mask_and_coherent(), or dma-ranges in the device tree, is too small; if not, swiotlb must be there (swiotlb=force shows it).`,
    ],
  }
}
