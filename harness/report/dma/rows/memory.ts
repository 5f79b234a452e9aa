import { rows } from '../row.ts'

const ZONES = ['DMA', 'DMA32', 'Normal', 'HighMem', 'Movable']

/** What the memory is: no facts but MemoryMap, except for how much there is. */
export const MEMORY = [
  ...rows({ family: 'dma', file: 'mm/mm_init.c, mm/page_alloc.c before 6.4' }, [
    ...ZONES.map(name => ({
      // `  %-8s [mem %#018Lx-%#018Lx]`; an empty zone has no range, and says `empty`
      ...{ kind: 'zone', format: `${name.padEnd(8)} [mem %#018Lx-%#018Lx]`, names: '@start @end' },
      ...{ in: 'free_area_init', versions: '4.4-', silent: true, memory: { into: 'zones' as const, name } },
    })),
    {
      ...{ kind: 'ram', format: 'node %3d: [mem %#018Lx-%#018Lx]', names: '- @start @end' },
      ...{ in: 'free_area_init', versions: '4.4-', silent: true, memory: { into: 'ram', name: 'RAM' } },
    },
    {
      ...{ kind: 'memory-available', format: 'Memory: %luK/%luK available (', names: 'available total' },
      ...{ in: 'mem_init_print_info', versions: '4.4-' },
    },
  ]),
  ...rows({ family: 'dma', file: 'arch/x86/kernel/e820.c', by: 'BIOS-e820' }, [
    {
      ...{ kind: 'ram', format: '[mem %#018Lx-%#018Lx] usable', names: '@start @end' },
      ...{ in: 'e820__print_table', versions: '4.4-', silent: true, memory: { into: 'ram', name: 'RAM' } },
    },
    {
      ...{ kind: 'reserved', format: '[mem %#018Lx-%#018Lx] %s', names: '@start @end name' },
      ...{
        in: 'e820__print_table',
        versions: '4.4-',
        silent: true,
        memory: { into: 'reserved', name: 'reserved' },
      },
    },
  ]),
  ...rows({ family: 'dma', file: 'drivers/firmware/efi/efi-init.c', by: 'efi' }, [
    ...['Reserved', 'Runtime Code', 'Runtime Data', 'ACPI Reclaim Memory', 'ACPI Memory NVS'].map(name => ({
      ...{ kind: 'reserved', format: `0x%012llx-0x%012llx [${name}`, names: '@start @end' },
      ...{ in: 'reserve_regions, with efi=debug', versions: '4.4-', silent: true },
      silent: true,
      memory: { into: 'reserved' as const, name: `EFI ${name}` },
    })),
    {
      // Other kinds are plain RAM, which `Early memory node ranges` says.
      ...{ kind: 'efi-memory', format: '0x%012llx-0x%012llx [%s', names: '@start @end name' },
      ...{ in: 'reserve_regions, with efi=debug', versions: '4.4-', silent: true },
    },
  ]),
  ...rows({ family: 'dma', file: 'arch/arm64/mm/init.c, kernel/crash_reserve.c' }, [
    {
      ...{ kind: 'crashkernel', format: 'crashkernel reserved: 0x%016llx - 0x%016llx (%lld MB)' },
      ...{ names: '@start @end sizeMiB', in: 'reserve_crashkernel', versions: '4.12-' },
      memory: { into: 'reserved', name: 'crashkernel' },
    },
    {
      ...{ kind: 'crashkernel', format: 'crashkernel low memory reserved: 0x%08llx - 0x%08llx (%lld MB)' },
      ...{ names: '@start @end sizeMiB', in: 'reserve_crashkernel_low', versions: '6.0-' },
      memory: { into: 'reserved', name: 'crashkernel low' },
    },
  ]),
]
