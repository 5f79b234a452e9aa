import type { IommuFact } from '../report/report.ts'
import { errnoIn, errnoWords } from './errno.ts'
import { FACT_KINDS } from './fact-kinds.ts'
import { wordsMean } from './messages.ts'
import { join, prose, say, type Say } from './say.ts'

/** A fact of a console: of DMA or of an IOMMU. */
export type Fact = Pick<IommuFact, 'kind' | 'driver' | 'device' | 'message' | 'line'>

/** What the line means; null if it says all by itself. */
export function factMeans({ kind, message }: Fact): Say | null {
  const known = FACT_KINDS[kind]
  const means = known === undefined ? wordsMean(message) : prose(known)
  const code = errnoIn(message)
  const name = code === null ? null : errnoWords(code)
  const error = name === null ? null : say`${String(code)} is ${name}.`
  const said = [means, error].filter(sentence => sentence !== null)
  return said.length > 0 ? join(said) : null
}

/** `sata_rcar ee300000.sata: Unable to initialize IPMMU context`, as dev_err() and pr_err() put it. */
export function factLine({ driver, device, message }: Fact): string {
  const who = [driver, device].filter(name => name !== null && !message.includes(name)).join(' ')
  return who === '' ? message : `${who}: ${message}`
}
