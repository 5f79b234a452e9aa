import type { Argument, Command, Option } from 'commander'
import { cacheRoot } from '../images/cache.ts'
import { commandsBelow, fullName, helpOf } from './help.ts'
import { variables } from './variables.ts'

/** What dmaspec keeps where, besides the folder that --out names. */
const FILES = [
  { path: '~/.cache/dmaspec', says: 'what was built: the emulator, kernels, the initramfs (docs/cache.md)' },
  { path: 'out/<time>-<id>', says: 'a boot: console.log, argv, board.dtb, trace.jsonl, report.json' },
  {
    path: 'out/run',
    says: 'a run: results.json, report.html, report.md, junit.xml, results.ktap, kcidb.json, and its boots (docs/results.md)',
  },
  { path: 'specs/*.spec.ts, dts/*.dtso', says: "dmaspec's own specs and overlays" },
]

/** dmaspec(1), from the command line's own definition: the same program makes the same page, on any machine. */
export function manPage(program: Command, version: string): string {
  const commands = commandsBelow(program).slice(1)
  return [
    `.\\" Made by npm run man from the commands' own --help: don't edit.`,
    `.TH DMASPEC 1 "" "dmaspec ${roff(version)}" "User Commands"`,
    '.SH NAME',
    `dmaspec \\- ${roff(program.description())}`,
    '.SH SYNOPSIS',
    ...commands
      .filter(({ commands }) => commands.length === 0)
      .flatMap(command => ['.br', synopsis(command)]),
    '.SH DESCRIPTION',
    ...paragraphs([
      'Specs boot real arm64 kernels in QEMU on an emulated R-Car H3 board, and assert on DMA addresses and on whether ' +
        'the kernel crashes. dmaspec builds what they boot, boots it, reads the console and the trace of the devices, ' +
        'and says what came of it.',
    ]),
    ...partsOf(program),
    '.SH COMMANDS',
    ...commands.flatMap(sectionOf),
    '.SH ENVIRONMENT',
    ...variables.flatMap(({ name, says }) => tagged(name, says)),
    '.SH FILES',
    ...FILES.flatMap(({ path, says }) => tagged(path, says)),
    '.SH EXIT STATUS',
    ...paragraphs([helpOf(program).exits, 'What a command means by 1 is said with that command.']),
    '.SH SEE ALSO',
    ...paragraphs(['qemu-system-aarch64(1), dtc(1), git-bisect(1); docs/ in the source of dmaspec.']),
    '',
  ].join('\n')
}

function sectionOf(command: Command): string[] {
  return [
    `.SS "${roff(fullName(command))}"`,
    synopsis(command),
    ...paragraphs([command.description()]),
    ...partsOf(command),
  ]
}

/** Arguments, options, what else its help says, examples, exit status. */
function partsOf(command: Command): string[] {
  const { words, examples, exits } = helpOf(command)
  const help = command.createHelp()
  return [
    ...help
      .visibleArguments(command)
      .flatMap((argument: Argument) =>
        tagged(help.argumentTerm(argument), help.argumentDescription(argument)),
      ),
    ...help
      .visibleOptions(command)
      .flatMap((option: Option) => tagged(help.optionTerm(option), help.optionDescription(option))),
    ...paragraphs(words),
    ...examples.flatMap(({ command, says }) => example(command, says)),
    ...(command.parent ? paragraphs([`Exit status: ${exits}`]) : []),
  ]
}

function synopsis(command: Command): string {
  return `\\fB${roff(fullName(command))}\\fR ${roff(command.usage())}`
}

/** A term, and what is said of it. */
function tagged(term: string, says: string): string[] {
  return ['.TP', `\\fB${roff(term)}\\fR`, text(says) || '\\&']
}

function example(command: string, says: string): string[] {
  return [
    '.PP',
    '.RS 4',
    '.nf',
    `\\fB${text(command)}\\fR`,
    '.fi',
    '.RE',
    ...(says ? ['.RS 8', text(says), '.RE'] : []),
  ]
}

/** Text that flows; what is indented in it stays as it is. */
function paragraphs(all: readonly string[]): string[] {
  return all.flatMap(each => (/^ /m.test(each) ? ['.PP', '.nf', text(each), '.fi'] : ['.PP', text(each)]))
}

/** Lines that no request can hide in. */
function text(words: string): string {
  return words
    .replaceAll(cacheRoot(), '~/.cache/dmaspec')
    .split('\n')
    .map(line => roff(line).replace(/^(?=[.'])/, '\\&'))
    .join('\n')
}

/** What roff takes as it is: its escape character, and hyphens that are to be pasted as such. */
function roff(words: string): string {
  return words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replaceAll('"', '\\(dq')
}
