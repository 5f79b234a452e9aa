import type { Result } from 'tap-parser'

/** What tap says of an assertion that doesn't hold: its YAML, as the parser has read it. */
export type Diagnostics = Record<string, unknown>

/** The diagnostics of an assertion; null if it has none. */
export function diagnosticsOf({ diag }: Result): Diagnostics | null {
  return typeof diag === 'object' && diag !== null ? (diag as Diagnostics) : null
}

/** Where it is, expected and received first, then the rest, as text that reads like YAML. */
export function diagnosticsText(diagnostics: Diagnostics | null): string | null {
  if (!diagnostics) return null
  const first = ['type', 'compare', 'expected', 'wanted', 'actual', 'found', 'diff', 'details', 'console']
  const names = [...first.filter(name => name in diagnostics), ...Object.keys(diagnostics)]
  const said = [...new Set(names)].filter(name => diagnostics[name] !== '')
  const lines = said.map(name => field(name, diagnostics[name], ''))
  return lines.length > 0 ? lines.join('\n') : null
}

function field(name: string, value: unknown, indent: string): string {
  if (typeof value === 'string' && value.includes('\n')) {
    return [
      `${indent}${name}: |`,
      ...value
        .trimEnd()
        .split('\n')
        .map(line => `${indent}  ${line}`),
    ].join('\n')
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0) {
    const fields = Object.entries(value).map(([key, item]) => field(key, item, `${indent}  `))
    return [`${indent}${name}:`, ...fields].join('\n')
  }
  return `${indent}${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`
}
