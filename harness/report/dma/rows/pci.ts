import { rows } from '../row.ts'

/** What a PCI host bridge reaches: drivers/pci/of.c, devm_of_pci_get_host_bridge_resources(). */
export const PCI = [
  ...rows({ family: 'dma', file: 'drivers/pci/of.c' }, [
    {
      // dma-ranges: what its devices reach of memory. Before 5.6 the drivers did it by themselves, and said nothing.
      ...{ kind: 'pci-inbound', format: 'IB MEM %#012llx..%#012llx -> %#012llx', names: '@start @end ^pci' },
      ...{ in: 'devm_of_pci_get_host_bridge_resources', versions: '5.6-' },
    },
    ...['IO', 'MEM'].map(window => ({
      ...{
        kind: 'pci-window',
        format: `${window} %#012llx..%#012llx -> %#012llx`,
        names: '@start @end ^pci',
      },
      ...{ in: 'devm_of_pci_get_host_bridge_resources', versions: '4.4-' },
    })),
    {
      ...{ kind: 'pci-bridge', format: 'host bridge %pOF ranges:', names: 'node' },
      ...{ in: 'devm_of_pci_get_host_bridge_resources', versions: '4.4-' },
    },
  ]),
  ...rows({ family: 'dma', file: 'drivers/pci/controller/pcie-rcar-host.c' }, [
    {
      ...{ kind: 'pci-inbound-failed', error: true, in: 'rcar_pcie_probe', versions: '4.4-' },
      format: 'Failed to map inbound regions!',
    },
  ]),
]
