/** An IOMMU's complaint; as a string it is its message, so that it can be matched against a pattern. */
export class IommuError {
  readonly device: string | null
  readonly message: string
  readonly line: number

  constructor(device: string | null, message: string, line: number) {
    this.device = device
    this.message = message
    this.line = line
  }

  toString(): string {
    return this.message
  }
}

/** Words of a complaint, in messages of our drivers that no row knows. */
const COMPLAINTS = [
  ...['fail', 'error', 'fault', 'timed out', 'timeout', 'unable', 'cannot', "can't", "couldn't", 'could not'],
  ...['invalid', 'unexpected', 'unsupported', 'not supported', 'abort', 'overflow', 'missing', 'mismatch'],
]

/** Whether a message that no row knows sounds like a complaint. */
export function complains(message: string): boolean {
  const words = message.slice(0, 512).toLowerCase()
  return COMPLAINTS.some(complaint => words.includes(complaint))
}
