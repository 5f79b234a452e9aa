import { oneLine } from '../text.ts'

/** What the subject of a mail says of its patch: `[PATCH v2 1/3] iommu: fix it`. */
export interface Subject {
  /** Without `Re:` and brackets. */
  title: string
  /** `Re:`: an answer to a patch, not the patch. */
  isReply: boolean
  /** 1 unless it says `v2`. */
  version: number
  /** Its place in the series; 0 is the cover letter; null if it says none. */
  number: number | null
  /** How many the series has; null if it says none. */
  of: number | null
}

/** Reads a subject as git format-patch and the mailing lists write it. */
export function readSubject(subject: string): Subject {
  const line = oneLine(subject)
  const prefix = /^(?:\s*(?:\[[^\]]{0,200}\]|(?:re|aw|sv|antw)\s*:))*/i.exec(line)?.[0] ?? ''
  const tags = [...prefix.matchAll(/\[([^\]]*)\]/g)].map(([, tag = '']) => tag).join(' ')
  const place = /(?:^|\s)(\d{1,4})\/(\d{1,4})(?=\s|$)/.exec(tags)
  return {
    title: line.slice(prefix.length).trim() || '(no subject)',
    isReply: /(?:^|\s|\])(?:re|aw|sv|antw)\s*:/i.test(prefix),
    version: Number(/(?:^|\s)v(\d{1,4})(?=\s|$)/i.exec(tags)?.[1] ?? 1),
    number: place ? Number(place[1]) : null,
    of: place ? Number(place[2]) : null,
  }
}
