import type { Taint } from '../report.ts'
export const readTaints = (text: string): { tainted: string; taints: Taint[] } => ({
  tainted: text
    .split(' ', 32)
    .filter(word => /^[A-Z]{1,20}$/.test(word))
    .join(' '),
  taints: [],
})
