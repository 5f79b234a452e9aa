import type { Esr, Oops } from '../report.ts'
import { decodeEsr } from '../arm64/esr.ts'

/** The syndrome, decoded, if the crash is arm64's; arm32's fault status register is another thing. */
export function decodedEsr(value: bigint | null, { arch }: Pick<Oops, 'arch'>): Esr | null {
  return value === null || (arch !== null && arch !== 'arm64') ? null : decodeEsr(value)
}
