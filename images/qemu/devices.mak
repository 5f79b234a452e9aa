# SPDX-License-Identifier: GPL-2.0-or-later
# What our QEMU emulates: configs/devices/aarch64-softmmu/dmaspec.mak
CONFIG_SALVATOR_XS=y
# target/arm does not link without these two.
CONFIG_ARM_V7M=y
CONFIG_SEMIHOSTING=y
CONFIG_ARM_COMPATIBLE_SEMIHOSTING=y
