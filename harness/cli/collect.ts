/** The values of an option that may be given more than once, in order. */
export function collect(value: string, list: string[] = []): string[] {
  return [...list, value]
}
