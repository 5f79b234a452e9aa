/** JSON in which every bigint (address, size, guest time) is a "0x…" string. */
export function toJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? hex(item) : item), indent)
}

/** `0x73882b000`; what is not there is `none`. */
export function hex(value: bigint | null | undefined): string {
  return value === null || value === undefined ? 'none' : `0x${value.toString(16)}`
}
