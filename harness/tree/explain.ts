import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { runTool } from './tool.ts'

/** A place in an overlay that names something of the tree it is applied to. */
interface Reference {
  line: number
  kind: 'label' | 'path'
  name: string
}

/** fdtoverlay only says FDT_ERR_NOTFOUND: finds the lines that name what the tree doesn't have. */
export async function explainRefusal(file: string, tree: string, root: string): Promise<string[]> {
  const source = await readFile(resolve(root, file), 'utf8')
  const labels = new Set([...(await symbolsOf(tree, root)), ...ownLabels(source)])
  const missing: string[] = []
  for (const { line, kind, name } of references(source)) {
    const there = kind === 'label' ? labels.has(name) : await hasNode(tree, name, root)
    if (!there) missing.push(`  ${file}:${line}: the tree has no ${kind} '${name}'`)
  }
  return missing
}

/** `&label`, `&{/path}` and `target-path = "/path"`, with their lines. */
export function references(source: string): Reference[] {
  const found: Reference[] = []
  for (const [i, text] of withoutComments(source).split('\n').entries()) {
    const add = (kind: Reference['kind'], name = '') => found.push({ line: i + 1, kind, name })
    for (const [, name] of text.matchAll(/target-path\s*=\s*"([^"]*)"/g)) add('path', name)
    const code = text.replace(/"[^"]*"/g, '""')
    for (const [, name] of code.matchAll(/&\{([^}]*)\}/g)) add('path', name)
    for (const [, name] of code.matchAll(/&([A-Za-z_]\w*)/g)) add('label', name)
  }
  return found
}

function ownLabels(source: string): string[] {
  return [...withoutComments(source).matchAll(/([A-Za-z_]\w*)\s*:/g)].map(match => match[1] ?? '')
}

/** Comments blanked out, line ends kept. */
function withoutComments(source: string): string {
  return source.replace(/\/\*[^]*?\*\/|\/\/.*/g, comment => comment.replace(/[^\n]/g, ' '))
}

async function symbolsOf(tree: string, root: string): Promise<string[]> {
  const { stdout } = await runTool('fdtget', ['-p', tree, '/__symbols__'], root)
  return stdout.split('\n')
}

async function hasNode(tree: string, path: string, root: string): Promise<boolean> {
  return (await runTool('fdtget', ['-l', tree, path], root)).ok
}
