import { cleanLine } from './clean.ts'
import { count } from '../text.ts'
import type { Diff, PlacedDifference } from './diff.ts'
import { label, placesInWords, summary, unreachedInWords } from './words.ts'

/**
 * A diff to answer a mail with, or as a comment on a pull request. What a guest or a spec has a say in stands in fences
 * only: there it can't be markup.
 */
export function diffMarkdown(diff: Diff, lines: number): string {
  const { before, after, cells, differences, dmesg, onlyBefore, onlyAfter, notCompared, compared } = diff
  const of = (severity: string) => differences.filter(difference => difference.severity === severity)
  const most = lines === 0 ? Infinity : lines
  const left = (n: number) => (n > most ? [`  (and ${n - most} more)`] : [])
  const sections = {
    '': [`- ${before.what} (${before.path})`, `+ ${after.what} (${after.path})`],
    'Cells that changed': cells.map(
      ({ cell, before, after, differences }) =>
        `  ${cell}: ${before === after ? before : `${before} → ${after}`}, ${count(differences, 'difference')}`,
    ),
    'What the kernel did': of('behaviour').flatMap(rows),
    'How it got there': of('wording').flatMap(rows),
    dmesg: [
      ...dmesg.new.slice(0, most).map(({ message }) => `+ ${message}`),
      ...left(dmesg.new.length),
      ...dmesg.gone.slice(0, most).map(({ message }) => `- ${message}`),
      ...left(dmesg.gone.length),
      ...unreachedInWords(dmesg.unreached).map(text => `  (${text})`),
    ],
    'Not reached by a boot that ended early': of('unreached').map(oneOf),
    'Before only': onlyBefore.map(name => `- ${name}`),
    'After only': onlyAfter.map(name => `+ ${name}`),
    'Not compared': notCompared.map(({ what, places }) => `  ${what}${placesInWords(places)}`),
  }
  const parts = Object.entries(sections)
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => (title === '' ? '' : `**${title}**\n\n`) + fence(lines))
  const { cells: cellCount, tests, boots } = compared
  const end =
    cellCount === 0 ? [] : [`Compared: cells ${cellCount}, tests ${tests}, boots ${boots} a side.\n`]
  return [`### dmaspec diff: ${summary(diff)}\n`, ...parts, ...end].join('\n')
}

function rows(difference: PlacedDifference): string[] {
  const { before, after } = difference
  return [oneOf(difference), `- ${before.text}`, `+ ${after.text}`]
}

function oneOf(difference: PlacedDifference): string {
  return `  ${label(difference)}${placesInWords(difference.places)}`
}

/** A fence of more backticks than there are in a row within. */
function fence(lines: readonly string[]): string {
  const clean = lines.map(line => cleanLine(line))
  const runs = clean.flatMap(line => line.match(/`{3,}/g) ?? [])
  const ticks = '`'.repeat(Math.max(2, ...runs.map(run => run.length)) + 1)
  return `${ticks}diff\n${clean.join('\n')}\n${ticks}\n`
}
