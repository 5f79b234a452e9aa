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
  if (!hooked) register(hooks())
  hooked = true
  let module: { default?: unknown }
  try {
    module = (await import(`${pathToFileURL(file).href}?${MARK}=${++reads}`)) as { default?: unknown }
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error))
    throw new CellError(`${file} can't be read: ${message}`, { cause: error })
  }
  if (module.default === undefined)
    throw new CellError(`${file} exports no configuration: write export default defineConfig({ … })`)
  return module.default
}

/** With a number behind it, for a file is read again each time. */
const MARK = 'dmaspec-config'

/**
 * The module, as a URL, by which a configuration anywhere imports `dmaspec` without having it installed, and without
 * loading all of it. It is read as an ES module, as are the .ts files that it imports by their paths, whatever the
 * package.json above them says, and past all other loaders: @tapjs/typescript's would make CommonJS of them.
 */
function hooks(): string {
  const source = `
    import { readFile } from 'node:fs/promises'
    import { basename } from 'node:path'
    import { fileURLToPath } from 'node:url'
    import { transform } from ${JSON.stringify(import.meta.resolve('esbuild'))}
    const config = ${JSON.stringify(moduleUrl('./config', import.meta.url))}
    const marked = url => /[?]${MARK}=\\d+$/.test(url ?? '')
    const asModule = url => ({ url, format: 'module', shortCircuit: true })
    export async function resolve(specifier, context, next) {
      const parent = context.parentURL
      if (marked(specifier)) return asModule(specifier)
      if (!marked(parent)) return next(specifier, context)
      const found = await next(specifier === 'dmaspec' ? config : specifier, context)
      const [path] = found.url.split('?')
      return /^[.]/.test(specifier) && /[.]m?ts$/.test(path) ? asModule(path + new URL(parent).search) : found
    }
    export async function load(url, context, next) {
      if (!marked(url)) return next(url, context)
      const sourcefile = fileURLToPath(url)
      const text = await readFile(sourcefile, 'utf8')
      const options = { loader: 'ts', format: 'esm', sourcefile, sourcemap: 'inline', logLevel: 'silent' }
      const { code } = await transform(text, options).catch(({ message, errors: [first] = [] }) => {
        throw new SyntaxError(first ? basename(sourcefile) + ':' + first.location.line + ': ' + first.text : message)
      })
      return { format: 'module', source: code, shortCircuit: true }
    }`
  return `data:text/javascript,${encodeURIComponent(source)}`
}

/** `targets.desk.console: wants one of serial, tcp, command, and has none` */
function sentence({ path, message }: z.core.$ZodIssue): string {
  const where = path.map(String).join('.')
  return where === '' ? message : `${where}: ${message}`
}
