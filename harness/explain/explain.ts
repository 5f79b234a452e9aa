import type { KernelReport, Oops } from '../report/report.ts'
import { count } from '../text.ts'
import { stepsBefore } from './before.ts'
import { crashInShort, crashParts, type Known } from './crash.ts'
import { groupBy } from './group.ts'
import { section, point, text, type Page, type Part } from './page.ts'
import { readings } from './readings/index.ts'
import { prose, say, type Say } from './say.ts'
import { sceneOf, type Scene } from './scene.ts'
import { settingItems } from './setting.ts'

export interface ExplainOptions {
  /** The lines of source around a crash, if a source tree is there. */
  source?: ReadonlyMap<Oops, readonly string[]> | undefined
  /** What could not be done: symbols that do not fit, a tool that is missing. */
  warnings?: readonly string[] | undefined
}

/** Crashes after the first that are named. */
const MOST_LATER = 20
/** Boots that are explained one by one. */
const MOST_BOOTS = 20

/** What a report has to tell, for people. */
export function explain(report: KernelReport, options: ExplainOptions = {}): Page {
  const boots = report.boots.slice(0, MOST_BOOTS)
  const many = report.boots.length > 1
  return [
    ...(many ? [bootsPart(report)] : []),
    ...boots.flatMap((_, boot) => bootParts(report, boot, many, options)),
    ...section(
      'Not believed',
      spoofs(report).map(sentence => text(sentence, 'warning')),
    ),
    ...section(
      'Not shown',
      left(report).map(sentence => text(sentence)),
    ),
    ...section(
      'Warnings',
      (options.warnings ?? []).map(line => text(say`${line}`, 'warning')),
    ),
  ]
}

function bootParts(report: KernelReport, boot: number, many: boolean, options: ExplainOptions): Page {
  const scene = sceneOf(report, boot)
  const crashes = scene.crashes
  const [first] = crashes
  const head: Part[] = many ? [bootHead(report, boot)] : []
  if (!first) {
    // Of ten boots, those in which something happened are of interest.
    const isDull = many && scene.trouble.length === 0 && scene.faults.length === 0
    return [...head, ...(isDull ? [] : quietParts(report, boot, scene, many))]
  }
  // What is fatal is what one asks of, and what came first is why.
  const fatal = first.fatal ? undefined : crashes.find(crash => crash.fatal)
  const shown = fatal ? [first, fatal] : [first]
  const rest = crashes.filter(crash => !shown.includes(crash))
  const known = (crash: Oops): Known => ({ source: options.source?.get(crash) })
  return [
    ...head,
    ...crashParts(first, scene, known(first)),
    ...later(rest, fatal === undefined ? 'After it' : 'Others of this boot'),
    ...(fatal ? crashParts(fatal, scene, known(fatal)) : []),
  ]
}

function later(rest: readonly Oops[], title: string): Part[] {
  const groups = groupBy(rest, ({ title, kind }) => `${kind} ${title}`)
  const shown = groups.slice(0, MOST_LATER).map(group => {
    return point(crashInShort(group[0], group.length))
  })
  const left = groups.length - shown.length
  return section(title, [...shown, left > 0 ? text(say`${left} more kinds are in the JSON (--json).`) : null])
}

function quietParts(report: KernelReport, boot: number, scene: Scene, many: boolean): Part[] {
  const { faults, trouble } = scene
  const told = readings(scene, null)
  const wrong = faults.length + trouble.length > 0
  const words: Say = wrong
    ? say`No crash, but ${prose(
        [
          ...(faults.length > 0 ? [count(faults.length, 'IOMMU fault')] : []),
          ...(trouble.length > 0 ? [`${count(trouble.length, 'complaint')} of DMA or IOMMUs`] : []),
        ].join(' and '),
      )}`
    : say`No crash`
  return [
    {
      is: 'headline',
      tone: wrong ? 'warning' : 'good',
      text: words,
      below: many ? [] : [prose('As far as this log goes: what it does not have, it can not tell.')],
    },
    ...section('What the log complains of', stepsBefore(scene, null)),
    ...section(
      'What that says',
      told.flatMap(({ says }) => says.map(sentence => text(sentence))),
    ),
    ...section('Look at next', told.flatMap(({ next }) => next).map(point)),
    ...section('What it tells', settingItems(report, boot, scene)),
  ]
}

function bootsPart({ boots, oopses }: KernelReport): Part {
  return {
    is: 'headline',
    tone: oopses.length > 0 ? 'crash' : 'good',
    text: say`${prose(`${count(boots.length, 'boot')}, ${oopses.length === 0 ? 'no crash' : count(oopses.length, 'crash').replace('crashs', 'crashes')}`)}`,
    below: boots.length > MOST_BOOTS ? [prose(`The first ${MOST_BOOTS} are shown; --json has all.`)] : [],
  }
}

function bootHead({ boots, oopses }: KernelReport, boot: number): Part {
  const { line = 1, kernel = null, machine = null } = boots[boot] ?? {}
  const crashes = oopses.filter(oops => oops.boot === boot).length
  return {
    is: 'headline',
    tone: crashes > 0 ? 'crash' : 'plain',
    text: prose(`Boot ${boot + 1} of ${boots.length}${crashes === 0 ? ': no crash' : ''}`),
    below: [
      say`from line ${line}${kernel === null ? prose('') : say`, linux ${kernel}`}${machine === null ? prose('') : say` on ${machine}`}`,
    ],
  }
}

function spoofs({ spoofs }: KernelReport): Say[] {
  const shown = spoofs
    .slice(0, 5)
    .map(
      ({ title, line, why }) =>
        say`${prose(`line ${line}: `)}${title} was not printed by the kernel: ${why}.`,
    )
  const left = spoofs.length - shown.length
  return left > 0 ? [...shown, say`And ${left} more.`] : shown
}

function left({ omitted: { oopses, facts } }: KernelReport): Say[] {
  return [
    ...(oopses > 0 ? [say`${oopses} more crashes than are kept.`] : []),
    ...(facts > 0 ? [say`${facts} more facts of DMA and IOMMUs than are kept.`] : []),
  ]
}
