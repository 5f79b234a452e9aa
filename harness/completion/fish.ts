import { casesOf, quote, quoteAll } from './cases.ts'
import type { Candidates, CompletionCommand } from './model.ts'

/** A script for fish 3 and later: dmaspec.fish in a folder of $fish_complete_path. */
export function fishScript(commands: readonly CompletionCommand[]): string {
  const cases = casesOf(commands)
  return `# dmaspec's completion for fish, made by: dmaspec completion fish
function __dmaspec_at --description 'whether the cursor is at this command, and at its nth argument'
    set -l at dmaspec
    set -l wants
    set -l arguments 0
    for word in (commandline -opc)[2..]
        if set -q wants[1]
            set -e wants
            continue
        end
        switch "$at $word"
            case ${quoteAll(cases.commands)}
                set at "$at $word"
            case ${quoteAll(cases.options)}
                set wants $word
            case '* -*'
            case '*'
                set arguments (math $arguments + 1)
        end
    end
    test "$at" = $argv[1]; and begin
        not set -q argv[2]; or test $arguments -eq $argv[2]
    end
end
complete -c dmaspec -f
${commands.flatMap(linesOf).join('\n')}
`
}

function linesOf({ path, options, arguments: list, commands }: CompletionCommand): string[] {
  const at = (...words: string[]) => `complete -c dmaspec -n ${quote(['__dmaspec_at', ...words].join(' '))}`
  const here = quote(path)
  return [
    ...commands.map(({ name, title }) => `${at(here, '0')} -a ${quote(name)} -d ${quote(title)}`),
    ...options.map(({ flags, title, value }) => {
      const names = flags.map(flag => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
      return `${at(here)} ${names.join(' ')}${value ? valueOf(value) : ''} -d ${quote(title)}`
    }),
    ...list.map((value, i) => (value.isVariadic ? at(here) : at(here, String(i))) + wordsOf(value)),
  ]
}

/** -x: a value must follow, and it is none of the names of files; -r: it may be. */
function valueOf(value: Candidates): string {
  return `${value.files === 'files' ? ' -r' : ' -x'}${wordsOf(value)}`
}

function wordsOf({ words, files }: Candidates): string {
  const list = [...words, ...(files === 'folders' ? ['(__fish_complete_directories)'] : [])]
  return `${files === 'files' ? ' -F' : ''}${list.length > 0 ? ` -a ${quote(list.join(' '))}` : ''}`
}
