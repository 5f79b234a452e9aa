/** What an error of a kind means by itself (report/dma/rows/ has the messages). What DMA-API says is in messages.ts. */
export const FACT_KINDS: Readonly<Record<string, string>> = {
  'page-table-refused':
    'The IOMMU refuses a page of its own page tables: the DMA API gave it another address than the one where it lies.',
  'ipmmu-context-failed': 'So the device gets no context, and its domain is never set up.',
  'ipmmu-attach-failed':
    'The device can not be put behind that IPMMU: it is not there (yet), or its domain is of another one.',
  'ipmmu-walk-abort': 'The IPMMU could not read its own page tables at that address.',
  'ipmmu-tlb-hits': 'Two entries of the TLB are for one address: mapped twice, or unmapped without a flush.',
  'ipmmu-sync-timeout':
    'The IPMMU did not finish a flush: its clock or power is off, or a transaction hangs in it.',
  'smmu-sync-timeout':
    'The SMMU did not finish a flush: its clock or power is off, or a transaction hangs in it.',
  'smmu3-command-timeout':
    'The SMMU does not work through its commands: its clock or power is off, or a transaction hangs in it.',
  'smmu3-command-error':
    'The SMMU refused a command of its driver: the driver asked what this SMMU can not do.',
  'smmu3-overflow': 'There were more events than the queue holds: some are lost.',
  'smmu3-stream-alias': 'Two devices share a stream id: what one of them is allowed, the other one is.',
  'smmu3-service-failure': 'The SMMU gave up; it wants a reset.',
  'smmu-stream-range': "The stream id in the device's iommus property is larger than the SMMU has any.",
  'smmu-attach-failed': 'The device stays without that SMMU.',
  'group-failed': 'The device stays without the IOMMU.',
  'iommu-configure-failed': 'The device stays without the IOMMU.',
  'iommu-dma-failed':
    'The device gets DMA addresses as if there were no IOMMU; if it is behind one, they fault.',
  'iommu-unaligned': 'Addresses and sizes of mappings must be multiples of the smallest page of the IOMMU.',
  'iommu-already-mapped': 'That address is mapped already, to another page: a mapping was not undone.',
  'iommu-reserved-1to1':
    "Firmware keeps using this device's memory as it is, so it can not be given to another domain.",
  'iommu-late-probe': 'The device was bound to its driver before its IOMMU was known.',
  'swiotlb-full':
    'A buffer had to be bounced, and there was no free run of slots for it: the mapping failed.',
  'swiotlb-none': 'There are no bounce buffers: what would need one can not be mapped.',
  'swiotlb-small': 'There are fewer bounce buffers than were asked for.',
  'swiotlb-coherent-failed': 'No memory that the device can address was free.',
  'dma-overflow': 'The device can not be given that address, and nothing was bounced.',
  'dma-mask-missing': 'Nobody said which addresses the device can do.',
  'dma-mask-refused': 'The platform can not give the device addresses that narrow.',
  'dma-mask-small': 'The device reaches less memory than the kernel reserves for such devices.',
  'dma-ranges': 'What the device tree says in dma-ranges does not make sense to the kernel.',
  'dma-vmalloc': 'Memory of vmalloc() is not contiguous, and can not be mapped as one piece.',
  'dma-driver-failed': 'The driver got no DMA memory, or no mapping.',
  'atomic-pool-failed': 'In atomic context, there is no DMA memory from that zone.',
  'atomic-pool-exhausted':
    'The pool for DMA memory in atomic context is used up: coherent_pool= on the command line makes it larger.',
  'cma-alloc-failed':
    'The contiguous area has no free run of that size: it is too small (cma=), or fragmented, or pages in it are pinned.',
  'cma-failed': 'The contiguous area was not reserved: large DMA buffers will not be had.',
  'coherent-pool-failed': 'The memory that the device tree reserves for the device can not be used.',
  'reserved-memory-failed': 'The memory that the device tree reserves was not reserved.',
  'reserved-memory-overlap': 'Two reserved ranges overlap: two owners write to the same memory.',
  'restricted-pool-failed': 'The restricted pool that the device must bounce through can not be used.',
  'rcar-dmac-address-error': 'The DMA controller was given an address that it can not access.',
  'pci-inbound-failed':
    'The bridge has not enough windows for dma-ranges: devices behind it do not reach all of memory.',
}
