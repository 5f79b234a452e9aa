/** The options, commands and figures that pages speak of are there. */
import t from 'tap'
import { program } from '../cli/main.ts'
import { commandsBelow, helpText } from './help.ts'
import { figuresOf, foreignOptions, optionsOf, subcommandsOf } from './names.ts'
import { type Page, type Pointer, pages } from './pages.ts'

const commands = commandsBelow(program())
const options = ['--help', ...commands.flatMap(command => command.options.map(({ long }) => long ?? ''))]
const names = commands.map(command => command.name())
const bench = commands.find(command => command.name() === 'bench')
const figures = bench ? helpText(bench).split(/[\s,]+/) : []
const all = pages()

/** Those that are none of the known, with their places. */
const strange = (of: (page: Page) => Pointer[], known: readonly string[]) =>
  all.flatMap(page =>
    of(page)
      .filter(({ to }) => !known.includes(to))
      .map(({ to, line }) => `${page.path}:${line}: ${to}`),
  )

t.test('options', async t => {
  t.same(strange(optionsOf, [...options, ...foreignOptions]), [])
  const named = new Set(all.flatMap(optionsOf).map(({ to }) => to))
  t.same(
    foreignOptions.filter(option => !named.has(option)),
    [],
    'other programs’ are named still',
  )
})

t.test('commands', async t => t.same(strange(subcommandsOf, names), []))

t.test('figures', async t => {
  t.ok(all.flatMap(figuresOf).length > 0)
  t.same(strange(figuresOf, figures), [])
})

t.test('what there is none of is found', async t => {
  const page = {
    path: 'x.md',
    text: 'a\n`dmaspec rum --fast`, `make bench NAME=speed`\n```sh\n`--not-here`\n```\n',
  }
  t.same(optionsOf(page), [{ to: '--fast', line: 2 }])
  t.same(subcommandsOf(page), [{ to: 'rum', line: 2 }])
  t.same(figuresOf(page), [{ to: 'speed', line: 2 }])
})
