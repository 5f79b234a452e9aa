# SPDX-License-Identifier: GPL-2.0-or-later
# What our QEMU emulates: configs/devices/aarch64-softmmu/dmaspec.mak
CONFIG_SALVATOR_XS=y
# The other platforms: -M virt with its SMMUv3, PCIe, an AHCI disk, virtio-iommu.
CONFIG_ARM_VIRT=y
CONFIG_AHCI_ICH9=y
CONFIG_VIRTIO_PCI=y
CONFIG_VIRTIO_IOMMU=y
# target/arm does not link without these two.
CONFIG_ARM_V7M=y
CONFIG_SEMIHOSTING=y
CONFIG_ARM_COMPATIBLE_SEMIHOSTING=y
