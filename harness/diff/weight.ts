/** Words of DMA and IOMMUs, in lower case: what dmaspec is about. `dma` alone is in too much: BMDMA, `dma 4096 in`. */
const SUBJECT = [
  'iommu',
  'ipmmu',
  'io-pgtable',
  'arm-lpae',
  'swiotlb',
  'software io tlb',
  'page table',
  'bounce',
  'dma:',
  'dma32',
  '  dma ',
  'dma mask',
  'dma addr',
  'dma translation',
  'dma pool',
  'dma_',
]

/** Words of trouble, in lower case. The console does not print a message's level. */
const TROUBLE = [
  'error',
  'fail',
  'fault',
  'warn',
  'unable',
  'cannot',
  "can't",
  'timed out',
  'timeout',
  'refus',
  'invalid',
  'overflow',
  'abort',
  'bug',
  'denied',
  'not supported',
]

/** How much a reviewer of a DMA patch cares for a message: 3 trouble with DMA, 2 DMA, 1 trouble, 0 neither. */
export function weightOf(message: string): number {
  const text = message.toLowerCase()
  const has = (words: readonly string[]) => words.some(word => text.includes(word))
  return (has(SUBJECT) ? 2 : 0) + (has(TROUBLE) ? 1 : 0)
}
