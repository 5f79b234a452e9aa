/**
 * A process that runs specs, one after another, until `dmaspec run` hangs up: starting node, tsx and tap takes as long
 * as half a boot. All specs of a process are of one tap, whose output goes to file descriptor 4.
 */
import { Socket } from 'node:net'
import { join } from 'node:path'
import { register } from 'node:module'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { moduleUrl, projectRoot } from '../project.ts'
// A plugin of tap's must be there before the first spec prints, and that one need not import dmaspec. The rest is what
// specs import: a process that waits for one has it already.
import '../index.ts'
import {
  afterLast,
  lastOf,
  markOf,
  NONCE_VARIABLE,
  TAP_FD,
  type FromWorker,
  type ToWorker,
} from './messages.ts'
import { resolveHook } from './resolve.ts'
import { setSession } from './session.ts'

const nonce = process.env[NONCE_VARIABLE] ?? ''
Reflect.deleteProperty(process.env, NONCE_VARIABLE)
const cwd = process.cwd()

const waiting = new Map<number, () => void>()
let boots = 0
let cells = 0

register(
  resolveHook(
    {
      dmaspec: moduleUrl('../index', import.meta.url),
      'dmaspec/report': moduleUrl('../report/index', import.meta.url),
    },
    pathToFileURL(join(projectRoot, 'specs/')).href,
  ),
)
t.pipe(new Socket({ fd: TAP_FD, readable: false, writable: true }))
t.on('complete', () => tell({ type: 'ended' }))

process.on('message', (message: ToWorker) => {
  if (message.type === 'turn') waiting.get(message.boot)?.()
  if (message.type === 'cell') void runCell(message)
})
process.on('disconnect', () => process.exit())
tell({ type: 'ready' })

/** Runs a spec: what it throws at once is told, and that it is over, when tap has run all its tests. */
async function runCell(cell: Extract<ToWorker, { type: 'cell' }>): Promise<void> {
  const { kernel, spec, file, out, variables } = cell
  restoreProcess({ ...variables, KERNELS: kernel })
  setSession({
    kernel,
    root: out,
    out: join(out, 'boots', kernel, spec),
    turn,
    booted: (test, note) => test.comment(markOf(nonce, 'boot', note)),
  })
  try {
    await import(`${pathToFileURL(file).href}?cell=${++cells}`)
  } catch (error) {
    t.comment(markOf(nonce, 'threw', describe(error)))
  }
  t.pass(lastOf(nonce))
  // A parser keeps an assertion to itself until another comes: there might be diagnostics.
  t.pass(afterLast(nonce))
}

/** What the spec before may have changed is as the run has it; it may know more by now than when this was started. */
function restoreProcess(variables: Record<string, string | undefined>): void {
  for (const name of Object.keys(process.env))
    if (!(name in variables)) Reflect.deleteProperty(process.env, name)
  Object.assign(process.env, variables)
  process.chdir(cwd)
}

async function turn(boot: { folder: string; memory: number; seconds: number }): Promise<() => void> {
  const id = ++boots
  const granted = new Promise<void>(resolve => waiting.set(id, resolve))
  tell({ type: 'ask', boot: id, ...boot })
  await granted
  waiting.delete(id)
  return () => tell({ type: 'over', boot: id })
}

function tell(message: FromWorker): void {
  process.send?.(message)
}

function describe(error: unknown): { title: string; details: string } {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { title: error instanceof Error ? `${error.name}: ${error.message}` : text, details: text }
}
