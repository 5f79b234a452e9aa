import { patternOf } from './bash.ts'
import { type Cases, casesOf, quote, quoteAll } from './cases.ts'
import type { CompletionCommand } from './model.ts'

/** A script for zsh: source it after compinit, or call it _dmaspec in a folder of $fpath. */
export function zshScript(commands: readonly CompletionCommand[]): string {
  const cases = casesOf(commands)
  return `#compdef dmaspec
# dmaspec's completion for zsh, made by: dmaspec completion zsh
_dmaspec() {
  local at=dmaspec wants= word
  local -a candidates
  integer i arguments=0
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    if [[ -n $wants ]]; then
      wants=
      continue
    fi
    case "$at $word" in
      (${quoteAll(cases.commands, '|')}) at="$at $word" ;;
      (${quoteAll(cases.options, '|')}) wants=$word ;;
      (*' -'*) ;;
      (*) ((arguments += 1)) ;;
    esac
  done
  if [[ -z $wants && \${words[CURRENT]} == --*=* ]]; then
    wants=\${words[CURRENT]%%=*}
    compset -P '*='
  fi
  if [[ -z $wants && \${words[CURRENT]} == -* ]]; then
    case $at in
${commands.map(flagsOf).join('\n')}
    esac
    _describe -o option candidates
    return
  fi
  case "$at \${wants:-$arguments}" in
${commands.flatMap(namesOf).join('\n')}
${cases.offers.map(offerOf).join('\n')}
  esac
}
if [[ \${zsh_eval_context[-1]} == loadautofunc ]]; then
  _dmaspec "$@"
else
  compdef _dmaspec dmaspec
fi
`
}

const described = (name: string, title: string) => `${name.replaceAll(':', '\\:')}:${title}`

const flagsOf = ({ path, options }: CompletionCommand) => {
  const rows = options.flatMap(({ flags, title }) => flags.map(flag => described(flag, title)))
  return `      (${quote(path)}) candidates=(${quoteAll(rows)}) ;;`
}

const namesOf = ({ path, commands }: CompletionCommand) => {
  if (commands.length === 0) return []
  const rows = commands.map(({ name, title }) => described(name, title))
  return [`    (${quote(`${path} 0`)}) candidates=(${quoteAll(rows)}); _describe command candidates ;;`]
}

const native = { none: '', files: ' _files;', folders: ' _files -/;' }

function offerOf({ places, candidates: { words, files } }: Cases['offers'][number]): string {
  const list = words.length > 0 ? ` compadd -- ${quoteAll(words)};` : ''
  return `    (${places.map(patternOf).join('|')})${list}${native[files]} ;;`
}
