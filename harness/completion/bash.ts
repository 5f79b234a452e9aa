import { type Cases, casesOf, type Place, quote, quoteAll } from './cases.ts'
import type { CompletionCommand } from './model.ts'

/** A script for bash 4 and later: source it, or put it where bash-completion looks. */
export function bashScript(commands: readonly CompletionCommand[]): string {
  const cases = casesOf(commands)
  return `# dmaspec's completion for bash, made by: dmaspec completion bash
_dmaspec() {
  local cur=\${COMP_WORDS[COMP_CWORD]} at=dmaspec wants='' word
  local -i i arguments=0
  local -a words=()
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $wants ]]; then
      # bash makes three words of --kernel=6.1
      [[ $word == '=' ]] || wants=''
      continue
    fi
    case "$at $word" in
${walk(cases)}
      *' -'*) ;;
      *) arguments+=1 ;;
    esac
  done
  [[ $cur == '=' ]] && cur=''
  if [[ -z $wants && $cur == -* ]]; then
    case $at in
${commands.map(flagsOf).join('\n')}
    esac
  else
    case "$at \${wants:-$arguments}" in
${commands.flatMap(namesOf).join('\n')}
${cases.offers.map(offerOf).join('\n')}
    esac
  fi
  for word in "\${words[@]}"; do
    [[ $word == "$cur"* ]] && COMPREPLY+=("$word")
  done
}
complete -F _dmaspec dmaspec
`
}

const walk = ({ commands, options }: Cases) => `      ${quoteAll(commands, ' | ')}) at="$at $word" ;;
      ${quoteAll(options, ' | ')}) wants=$word ;;`

const flagsOf = ({ path, options }: CompletionCommand) =>
  `      ${quote(path)}) words=(${quoteAll(options.flatMap(({ flags }) => flags))}) ;;`

const namesOf = ({ path, commands }: CompletionCommand) =>
  commands.length > 0
    ? [`      ${quote(`${path} 0`)}) words=(${quoteAll(commands.map(({ name }) => name))}) ;;`]
    : []

/** Names of files are readline's own matter: it knows of blanks and of ~. */
const native = { none: '', files: ' compopt -o default;', folders: ' compopt -o dirnames;' }

function offerOf({ places, candidates: { words, files } }: Cases['offers'][number]): string {
  const list = words.length > 0 ? ` words=(${quoteAll(words)})` : ''
  return `      ${places.map(patternOf).join(' | ')})${native[files]}${list} ;;`
}

export function patternOf({ path, at, isVariadic }: Place): string {
  return isVariadic ? `${quote(`${path} `)}[0-9]*` : quote(`${path} ${at}`)
}
