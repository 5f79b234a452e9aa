import type { Row } from './row.ts'

const SAMPLES = { hex: '0x1f00', decimal: '17', text: 'some' }

/** A line as the row's format prints it: for tests. */
export function lineOf({ by, compiled }: Row): string {
  const message = compiled.steps.reduce(
    (text, { kind, literal }) => `${text}${SAMPLES[kind]}${literal}`,
    compiled.prefix,
  )
  const subsystem = by !== null && /^[A-Z]|^(cma|efi|iommu|xen|reserved|.* )/.test(by[0] ?? '')
  const head = by === null ? 'ahci 1.sata: ' : subsystem ? `${by[0]}: ` : `${by[0]} 1.device: `
  return head + message
}
