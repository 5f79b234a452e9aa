import { explainAccess } from '../report/arm64/access.ts'
import type { Oops } from '../report/report.ts'
import { count } from '../text.ts'
import { addressTells } from './address.ts'
import { text, type Item } from './page.ts'
import { prose, say, type Say } from './say.ts'

/** Why it crashed: the address, the instruction that used it, what the CPU says of it. */
export function whyItems(crash: Oops): Item[] {
  const { address, access, accessSize, esr, code, registers } = crash
  const tells = addressTells(crash)
  const faulting = code?.faulting ?? null
  const how = faulting ? explainAccess(faulting, registers, address) : null
  return [
    ...(address === null
      ? []
      : [
          text(
            say`The address is ${address}${done(access, accessSize)}${tells ? say`. That is ${tells}` : prose('')}.`,
          ),
        ]),
    ...(faulting
      ? [
          text(
            how === null
              ? say`The instruction was ${faulting.text}${faulting.meaning === null ? prose('') : say`: ${faulting.meaning}`}.`
              : say`The instruction was ${how}.`,
          ),
        ]
      : code?.text
        ? [text(say`The code there was ${code.text}.`)]
        : []),
    ...(esr ? [text(say`The CPU's syndrome (ESR ${esr.value}) says: ${prose(esr.words)}.`)] : []),
  ]
}

function done(access: Oops['access'], size: number | null): Say {
  if (access === null) return prose('')
  const verb = { read: 'which was read', write: 'which was written', execute: 'which was executed' }[access]
  return size === null ? prose(`, ${verb}`) : prose(`, ${verb} (${count(size, 'byte')})`)
}
