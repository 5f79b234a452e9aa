import type { Oops, SymbolRef } from '../report/report.ts'
import { count } from '../text.ts'
import { stepsBefore } from './before.ts'
import { FAMILIES } from './kinds.ts'
import { messageMeans } from './messages.ts'
import { point, section, text, type Item, type Part } from './page.ts'
import { readings } from './readings/index.ts'
import type { Reading } from './readings/reading.ts'
import { join, prose, say, type Say } from './say.ts'
import type { Scene } from './scene.ts'
import { spotOf, showPlace, showRef, traceLines, otherLines } from './trace.ts'
import { whyItems } from './why.ts'

/** What is known of a crash besides the report. */
export interface Known {
  /** The lines around the faulting one, of a source tree. */
  source?: readonly string[] | undefined
}

/** A crash in full: what, where, why, what came before, what that says, where to look. */
export function crashParts(crash: Oops, scene: Scene, known: Known = {}): Part[] {
  const told = readings(scene, crash)
  const family = FAMILIES[crash.kind]
  const found = told.flatMap(({ next }) => next)
  return [
    {
      is: 'headline',
      tone: crash.kind === 'warning' ? 'warning' : 'crash',
      text: headline(crash),
      below: below(crash),
    },
    ...section('What happened', [...inShort(told, crash), ...whatItems(crash)]),
    ...section('Where', whereItems(crash)),
    ...section('Why', [...whyItems(crash), ...sourceItems(known)]),
    ...section('What came before', stepsBefore(scene, crash)),
    ...section(
      'What that says',
      told.flatMap(({ says, lines }) =>
        says.map((one, i) => text(i === says.length - 1 ? withLines(one, lines) : one)),
      ),
    ),
    ...section('Look at next', [...found, ...family.look.map(prose)].map(point)),
    ...section('Call trace', linesOf(traceLines(crash))),
    ...section('Other stacks', linesOf(otherLines(crash))),
  ]
}

/** The story in a sentence, if facts before the crash have one. */
function inShort(told: readonly Reading[], { kind }: Oops): Item[] {
  if (told.length === 0) return []
  const story = join(
    told.map(({ short }) => short),
    '; ',
  )
  return [text(say`In short: ${story}; the end of it is ${prose(FAMILIES[kind].noun)}.`)]
}

function headline({ title }: Oops): Say {
  return say`${title}`
}

function below(crash: Oops): Say[] {
  const time = crash.time === null ? prose('') : say`, ${crash.time.toFixed(6)} s after the kernel started`
  const lines =
    crash.lastLine > crash.line ? say`lines ${crash.line} to ${crash.lastLine}` : say`line ${crash.line}`
  return [
    say`${lines}${time}`,
    ...(crash.consequence
      ? [prose('It came after another crash of this boot, and may be its consequence.')]
      : []),
    ...(crash.corrupted
      ? [say`Its lines are not whole: ${crash.damage.join('; ') || 'parts are missing'}.`]
      : []),
  ]
}

function whatItems(crash: Oops): Item[] {
  const { kind, header, message } = crash
  const means = messageMeans(crash)
  const said = [header, ...(message !== null && !header.includes(message) ? [message] : [])].filter(
    line => line !== '',
  )
  return [
    ...linesOf(said),
    text(means ?? prose(FAMILIES[kind].means)),
    ...(means && FAMILIES[kind].means !== '' ? [text(prose(FAMILIES[kind].means))] : []),
    text(fate(crash)),
  ]
}

/** What became of the kernel, as far as the log has it. */
function fate({ fatal, panic, ended, die, comm, pid, kind }: Oops): Say {
  if (panic !== null) return say`The kernel panicked: ${panic}.`
  if (kind === 'panic') return prose('The kernel stopped there.')
  const who = comm === null ? prose('the task') : say`${comm}${pid === null ? prose('') : say` (pid ${pid})`}`
  if (fatal)
    return say`It is fatal: ${who} died of it${die === null ? prose('') : say` (${die})`}. The log has no panic of it.`
  return ended
    ? prose('It is not fatal: the kernel printed it to its end and went on.')
    : prose('It is not fatal by itself.')
}

function whereItems(crash: Oops): Item[] {
  const { pc, lr, source } = crash
  const { at, callers } = spotOf(crash)
  const inner = pc && at && pc.symbol !== at.symbol ? say` The CPU was in ${showRef(pc)}.` : prose('')
  const said = [
    at ? say`In ${showRef(at)}${placed(at)}.${inner}` : null,
    source && source.file !== at?.source[0]?.file ? say`The kernel names ${showPlace(source)}.` : null,
    callers.length > 0
      ? say`Called from ${join(
          callers.slice(0, 4).map(symbol => say`${symbol}`),
          ', from ',
        )}${prose(callers.length > 4 ? ', …' : '')}`
      : lr && say`Called from ${showRef(lr)}${placed(lr)}, by the link register.`,
    taskOf(crash),
    machineOf(crash),
    taintOf(crash),
  ]
  return said.filter(sentence => sentence !== null).map(sentence => text(sentence))
}

function placed({ source: [place] }: SymbolRef): Say {
  return place ? say`, ${showPlace(place)}` : prose('')
}

function taskOf({ cpu, comm, pid, workqueue }: Oops): Say | null {
  const parts = [
    cpu === null ? null : say`CPU ${cpu}`,
    comm === null ? null : say`task ${comm}`,
    pid === null ? null : say`pid ${pid}`,
    workqueue === null ? null : say`workqueue ${workqueue}`,
  ].filter(part => part !== null)
  return parts.length > 0 ? join(parts, ', ') : null
}

function machineOf({ kernel, hardware }: Oops): Say | null {
  const parts = [kernel === null ? null : say`linux ${kernel}`, hardware === null ? null : say`${hardware}`]
  const known = parts.filter(part => part !== null)
  return known.length > 0 ? join(known, ' on ') : null
}

function taintOf({ taints, tainted }: Oops): Say | null {
  // G says that nothing is wrong.
  const telling = taints.filter(({ letter }) => letter !== 'G')
  if (taints.length > 0 && telling.length === 0) return null
  if (telling.length > 0) {
    const letters = telling.map(({ letter, meaning }) => say`${letter}, ${prose(meaning)}`)
    return say`The kernel is tainted: ${join(letters, '; ')}.`
  }
  return tainted === null || tainted === '' || tainted === 'Not tainted'
    ? null
    : say`The kernel is tainted: ${tainted}.`
}

function sourceItems({ source }: Known): Item[] {
  return source && source.length > 0 ? linesOf(source) : []
}

function linesOf(lines: readonly string[]): Item[] {
  return lines.length > 0 ? [{ is: 'lines', lines: [...lines] }] : []
}

function withLines(sentence: Say, lines: readonly number[]): Say {
  const unique = [...new Set(lines)]
  if (unique.length === 0) return sentence
  const shown = unique.slice(0, 6).join(', ')
  const more = unique.length > 6 ? ', …' : ''
  return say`${sentence}${prose(` (line${unique.length === 1 ? '' : 's'} ${shown}${more})`)}`
}

/** A crash in a line: for those that came after the one that is explained. */
export function crashInShort(crash: Oops, times: number): Say {
  const { title, line, consequence, corrupted, fatal, panic } = crash
  const notes = [
    ...(times > 1 ? [prose(count(times, 'time'))] : []),
    ...(fatal ? [prose('fatal')] : []),
    ...(consequence ? [prose('perhaps a consequence')] : []),
    ...(corrupted ? [prose('its lines are not whole')] : []),
    ...(panic === null ? [] : [say`panic: ${panic}`]),
  ]
  const noted = notes.length > 0 ? say` (${join(notes, ', ')})` : prose('')
  return say`${prose(`line ${line}: `)}${title}${noted}`
}
