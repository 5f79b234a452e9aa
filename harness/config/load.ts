/** Reads dmaspec.config.ts. */
import { register } from 'node:module'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { unknown } from '../cell/suggest.ts'
import { CellError } from '../errors.ts'
import { moduleUrl } from '../project.ts'
import { findConfig } from './find.ts'
import { placed, type Target, TARGET_NAME, targetSchema } from './target.ts'

/** A configuration as dmaspec reads it: checked, paths absolute. */
export interface LoadedConfig {
  /** Null: there is none, and the rest is empty. */
  file: string | null
  /** What its paths are below: the file's folder; the current one if there is no file. */
  folder: string
  targets: ReadonlyMap<string, Target>
  /** As they were written, to be read from `folder`. */
  specs: readonly string[]
  /** The absolute path of the folder of overlays. */
  overlays: string | null
}

const schema = z.strictObject({
  targets: z.record(z.string().regex(TARGET_NAME, 'is no name for a target'), targetSchema).default({}),
  specs: z.array(z.string().min(1)).default([]),
  overlays: z.string().min(1).optional(),
})

let loaded: Promise<LoadedConfig> | undefined
let now: LoadedConfig | undefined

/**
 * The configuration of this process: read once, of where it was started (find.ts). A CellError says what is wrong with
 * it, where, and what to write.
 */
export function loadConfig(): Promise<LoadedConfig> {
  loaded ??= readConfig(process.cwd(), process.env).then(config => (now = config))
  return loaded
}

/** What loadConfig() came to, for those who can't wait. Empty before: the command line reads it first of all. */
export function loadedConfig(): LoadedConfig {
  return now ?? empty(process.cwd())
}

/** The same of anywhere, each time. */
export async function readConfig(cwd: string, environment: NodeJS.ProcessEnv): Promise<LoadedConfig> {
  const file = findConfig(cwd, environment)
  if (file === null) return empty(cwd)
  const written = await contentOf(file)
  const { data, error } = schema.safeParse(written)
  if (error) throw new CellError(`${file}: ${error.issues.map(sentence).join('\n')}`)
  const folder = dirname(file)
  const targets = Object.entries(data.targets).map(
    ([name, target]) => [name, placed(target, name, folder)] as const,
  )
  return {
    file,
    folder,
    targets: new Map(targets),
    specs: data.specs,
    overlays: data.overlays === undefined ? null : resolve(folder, data.overlays),
  }
}

/** The target of that name; a CellError that says which there are. */
export function targetNamed({ file, targets }: LoadedConfig, name: string): Target {
  const target = targets.get(name)
  if (target) return target
  if (file === null)
    throw new CellError(
      `there is no target '${name}': no dmaspec.config.ts here or above; docs/board.md says what to write`,
    )
  throw new CellError(`${file}: ${unknown('target', name, [...targets.keys()])}`)
}

const empty = (folder: string): LoadedConfig => ({
  file: null,
  folder,
  targets: new Map(),
  specs: [],
  overlays: null,
})

let hooked = false
let reads = 0

async function contentOf(file: string): Promise<unknown> {
  if (!hooked) register(resolveHook())
  hooked = true
  const read = () =>
    import(`${pathToFileURL(file).href}?${MARK}=${++reads}`) as Promise<{ default?: unknown }>
  let module: { default?: unknown }
  try {
    module = await read().catch((error: unknown) => {
      // Seen once, on a busy machine: tsx had made CommonJS of what Node took for a module.
      if (isOfCommonJs(error)) return read()
      throw error
    })
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error))
    throw new CellError(`${file} can't be read: ${message}`, { cause: error })
  }
  if (module.default === undefined)
    throw new CellError(`${file} exports no configuration: write export default defineConfig({ … })`)
  return module.default
}

const isOfCommonJs = (error: unknown) =>
  error instanceof ReferenceError && /^require is not/.test(error.message)

/** With a number behind it, for a file is read again each time. */
const MARK = 'dmaspec-config'

/**
 * The module, as a URL, by which a configuration anywhere imports `dmaspec` without having it installed, and without
 * loading all of it. It is read as an ES module, whatever the package.json above it says.
 */
function resolveHook(): string {
  const source = `
    const config = ${JSON.stringify(moduleUrl('./config', import.meta.url))}
    const marked = url => /[?]${MARK}=\\d+$/.test(url ?? '')
    export async function resolve(specifier, context, next) {
      if (specifier === 'dmaspec' && marked(context.parentURL)) return next(config, context)
      const found = await next(specifier, context)
      return marked(specifier) ? { ...found, format: 'module' } : found
    }`
  return `data:text/javascript,${encodeURIComponent(source)}`
}

/** `targets.desk.console: wants one of serial, tcp, command, and has none` */
function sentence({ path, message }: z.core.$ZodIssue): string {
  const where = path.map(String).join('.')
  return where === '' ? message : `${where}: ${message}`
}
