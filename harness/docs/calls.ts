import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A program and its arguments, as the shell would start it. */
export type Call = readonly [program: string, ...args: string[]]

/**
 * In place of every program: dmaspec, make and npx note how they were called, git and sh go on with what they were given,
 * and nothing else is there. So quotes, variables and pipes are bash's own, and nothing happens.
 */
const RECORDER = `
PATH=/nowhere
note() { builtin printf '%s\\0' $# "$@" >&3; }
dmaspec() { note dmaspec "$@"; }
make() { note make "$@"; }
npx() { note npx "$@"; }
node() { note node "$@"; }
sh() { if [ "$1" = -c ]; then ( eval "$2" ); fi; }
git() { if [ "$1 $2" = 'bisect run' ]; then shift 2; "$@"; else note git "$@"; fi; }
`

/** The calls of a command line, of dmaspec, make, npx, node and git; an Error if it is no shell. Starts none of them. */
export function callsOf(text: string): Call[] {
  const cwd = mkdtempSync(join(tmpdir(), 'dmaspec-calls-'))
  try {
    const parsed = spawnSync('bash', ['-n', '-c', text], { encoding: 'utf8' })
    if (parsed.status !== 0) throw new Error(parsed.stderr.trim())
    const { output } = spawnSync('bash', ['-c', `${RECORDER}\n${text}`], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      timeout: 5000,
    })
    return callsIn((output[3] ?? '').split('\0').slice(0, -1))
  } finally {
    rmSync(cwd, { recursive: true })
  }
}

function callsIn(words: string[]): Call[] {
  const calls: Call[] = []
  for (let i = 0; i < words.length;) {
    const count = Number(words[i])
    const [program = '', ...args] = words.slice(i + 1, i + 1 + count)
    calls.push(asDmaspec([program, ...args]))
    i += 1 + count
  }
  return calls
}

/** `npx dmaspec …` and `node bin/dmaspec.js …` are dmaspec. */
function asDmaspec([program, ...args]: Call): Call {
  const [first = '', ...rest] = args
  const is = program === 'npx' ? first === 'dmaspec' : program === 'node' && first.endsWith('bin/dmaspec.js')
  return is ? ['dmaspec', ...rest] : [program, ...args]
}
