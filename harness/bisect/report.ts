import { projectVersion } from '../project.ts'
import { formatSignature } from '../judge/signature.ts'
import { evidenceOf } from './evidence.ts'
import type { Found } from './bisect.ts'
import type { BisectFolder } from './folder.ts'
import { mailOf } from './mail.ts'
import type { Question } from './question.ts'
import { sidesOf } from './sides.ts'

/** Raised when a file of this version can't be read as one of the version before. */
const FORMAT = 'dmaspec-bisect/1'

/** What was found, for machines: what bisect.json has. */
export function jsonOf({ tree, good, bad, specs }: Question, found: Found): string {
  const { wanted, ends, first, candidates, why, steps, seconds, diffstat } = found
  const value = {
    format: FORMAT,
    dmaspec: projectVersion(),
    ...{ tree, specs, signature: formatSignature(wanted) },
    ends: { good: { rev: good, commit: ends.good }, bad: { rev: bad, commit: ends.bad } },
    ...{ first, diffstat, candidates, why, seconds },
    steps: steps.map(({ commit, verdict, known, runs }) => ({
      ...{ commit: commit.id, subject: commit.subject, verdict: verdict.mark, why: verdict.why, known },
      runs,
    })),
  }
  return JSON.stringify(value, null, 2) + '\n'
}

/** Writes all that is left of a bisection; returns the mail, if something was found. */
export async function writeReport(
  folder: BisectFolder,
  question: Question,
  found: Found,
): Promise<string | null> {
  await folder.write('log', found.log)
  await folder.write('json', jsonOf(question, found))
  const { first, wanted } = found
  if (!first) return null
  const sides = await sidesOf(found)
  const evidence = sides ? await evidenceOf(sides.runs.bad, wanted) : []
  const mail = mailOf({ question, found, first, sides, evidence, version: projectVersion() })
  await folder.write('mail', mail)
  return mail
}
