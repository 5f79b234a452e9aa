import { formatSignature } from '../judge/signature.ts'
import type { State } from './compare.ts'
import type { Step, Trial, TriedStep } from './try.ts'

/** What `dmaspec try --json` prints. The runs themselves are in the folders that it names. */
export function trialJson({ notes, without, steps, all, exit }: Trial): string {
  const value = {
    answer: all.answer,
    exit,
    notes,
    without: without && plain(without),
    steps: steps.map(tried),
    all: tried(all),
  }
  return JSON.stringify(value, null, 2) + '\n'
}

function tried({ against, answer, effect, stays, diff, ...step }: TriedStep) {
  return { ...plain(step), against, answer, effect, stays, diff }
}

const plain = ({ title, folder, patches, state }: Step) => ({ title, folder, patches, ...told(state) })

function told(state: State) {
  if (state.status !== 'judged') return { status: state.status, why: state.why }
  return { status: state.status, kernel: state.kernel, signatures: state.signatures.map(formatSignature) }
}
