import { prose, say } from '../say.ts'
import type { Rule } from './reading.ts'

/** DMA-API debugging saw a segment cross its device's boundary: perhaps the boundary itself is wrong. */
export const boundary: Rule = ({ facts }) => {
  const fact = facts.find(({ kind }) => kind === 'dma-api-boundary')
  if (!fact) return null
  const { start, end, boundary } = fact.values
  if (typeof start !== 'bigint' || typeof end !== 'bigint' || typeof boundary !== 'bigint') return null
  // kernel/dma/debug.c, check_sg_segment(): crosses if the bits above the boundary differ
  const isMask = boundary !== 0n && (boundary & (boundary + 1n)) === 0n
  const right = isMask ? boundary : (1n << BigInt(boundary.toString(2).length)) - 1n
  const fits = (start & ~right) === (end & ~right)
  return {
    short: isMask
      ? prose('a segment crossed the boundary of its device')
      : prose('the DMA boundary of a device is no power of two minus one'),
    says: [
      isMask
        ? say`The segment from ${start} to ${end} crosses a multiple of ${boundary + 1n}, which the device can not.`
        : say`The boundary ${boundary} is no power of two minus one, so it is not the segment that is wrong: ${fits ? say`from ${start} to ${end} it would fit a boundary of ${right}` : say`a boundary is a mask, such as ${right}`}.`,
    ],
    lines: [fact.line],
    next: [
      isMask
        ? prose(
            'Who made that segment? Block and scatterlist code must be told the boundary before: blk_queue_segment_boundary(), sg_alloc_table_from_pages_segment().',
          )
        : prose("Look for the driver's dma_set_seg_boundary(), or dma_boundary of its scsi_host_template."),
    ],
  }
}
