import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { A_GOOD_BOOT, THE_REPORT } from '../report/consoles.ts'

const GOLDENS = new URL('../goldens/consoles/', import.meta.url)

/** The logs that are mutated: the tests' own, and the goldens where they are there. */
export function sampleLogs(): string[] {
  const logs = [
    THE_REPORT.join('\n'),
    THE_REPORT.map((line, i) => `[    1.${String(i).padStart(6, '0')}][   T51] ${line}`).join('\n'),
    THE_REPORT.map(line => line.trim()).join(' '),
    A_GOOD_BOOT('0123456789abcdef0123456789abcdef').join('\n'),
  ]
  if (!existsSync(GOLDENS)) return logs
  for (const entry of readdirSync(GOLDENS, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) logs.push(readFileSync(`${entry.parentPath}/${entry.name}`, 'latin1'))
  }
  return logs
}
