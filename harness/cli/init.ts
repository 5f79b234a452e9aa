import { Command } from 'commander'
import { relative } from 'node:path'
import { shellQuote } from '../cell/shell.ts'
import { unknown } from '../cell/suggest.ts'
import { CellError } from '../errors.ts'
import { init, type InitFile, type InitResult } from '../init/init.ts'
import { CI_SERVICES, type CiService } from '../init/templates.ts'
import { collect } from './collect.ts'

interface Options {
  ci?: string[]
}

const EXAMPLES = `
Examples:
  dmaspec init
      into this folder: dmaspec.config.ts, a spec, its overlay, workflows, and package.json if there is none
  dmaspec init ~/quirks --ci gitlab
      into another one, which is made if need be, with GitLab's workflow alone
  dmaspec init --ci none

What is there is left as it is, and said; remove a file to have it written again. docs/your-repo.md has the rest.

Exit status: 0 it is all there now, 2 it could not be written: then nothing was.`

/** `dmaspec init`: a first spec in a repo of the user's. */
export function initCommand(): Command {
  return new Command('init')
    .description('write a first spec, overlay, configuration and CI workflow into a repo of your own')
    .argument('[dir]', 'the folder', '.')
    .option(
      '--ci <service>',
      `whose workflow (repeatable; default: all): ${CI_SERVICES.join(', ')}, none`,
      collect,
    )
    .addHelpText('after', EXAMPLES)
    .action((dir: string, { ci = [...CI_SERVICES] }: Options) => {
      process.stdout.write(told(init(dir, ci.includes('none') ? noneOf(ci) : ci.map(serviceOf))))
    })
}

function serviceOf(asked: string): CiService {
  const service = CI_SERVICES.find(name => name === asked)
  if (!service) throw new CellError(unknown('--ci', asked, [...CI_SERVICES, 'none']))
  return service
}

function noneOf(asked: readonly string[]): CiService[] {
  if (asked.length > 1) throw new CellError('--ci none contradicts the other --ci')
  return []
}

/** What was done, and what to do next. */
function told({ folder, written, kept, addScript, installed }: InitResult): string {
  const width = Math.max(...[...written, ...kept].map(({ path }) => path.length))
  const row =
    (verb: string) =>
    ({ path, what }: InitFile) =>
      `${verb}  ${path.padEnd(width)}  ${what}`
  const here = relative('', folder)
  const steps = [
    ...(here === '' ? [] : [`cd ${shellQuote(here)}`]),
    ...(addScript === null ? [] : [addScript]),
    ...(installed ? [] : ['npm install --save-dev ./dmaspec-*.tgz    # the package: docs/your-repo.md']),
    'npx dmaspec images    # the emulator and linux 6.1, built once',
    'npx dmaspec run',
  ]
  const lines = [
    ...written.map(row('wrote')),
    ...kept.map(row('kept ')),
    '',
    'Next:',
    ...steps.map(step => `  ${step}`),
  ]
  return lines.join('\n') + '\n'
}
