import { createHash } from 'node:crypto'

/**
 * The page's Content-Security-Policy: nothing is fetched from anywhere, nothing runs but this script, and nothing that
 * it builds is parsed as HTML.
 */
export function policy({ script, style }: { script: string; style: string }): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`
}
