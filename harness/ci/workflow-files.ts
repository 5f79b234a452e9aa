/** What a CI service's file has its runners do: so that the scripts can be checked as the programs that they are. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { projectRoot } from '../project.ts'

export const GITHUB = '.github/workflows/matrix.yml'
export const GITLAB = '.gitlab-ci.yml'

/** Ours, and those that `dmaspec init` writes. */
export const GITHUB_FILES = [GITHUB, 'examples/init/.github/workflows/dmaspec.yml']
export const GITLAB_FILES = [GITLAB, 'examples/init/.gitlab-ci.yml']

/** A shell script of a file, and what it is in there: `kernel, step 4`. */
export interface Script {
  where: string
  text: string
}

const githubFile = z.object({
  jobs: z.record(
    z.string(),
    z.object({ steps: z.array(z.object({ run: z.string().optional(), uses: z.string().optional() })) }),
  ),
})

const script = z.array(z.string()).optional()
const gitlabJob = z.object({ before_script: script, script, after_script: script })

/** The `run:` of all steps. */
export function githubScripts(file = GITHUB): Script[] {
  return githubSteps(file).flatMap(({ where, run }) => (run === undefined ? [] : [{ where, text: run }]))
}

/** The actions that steps use: `actions/checkout@<commit>`. */
export function githubActions(file = GITHUB): string[] {
  return githubSteps(file).flatMap(({ uses }) => uses ?? [])
}

function githubSteps(file: string) {
  const { jobs } = githubFile.parse(read(file))
  return Object.entries(jobs).flatMap(([job, { steps }]) =>
    steps.map((step, i) => ({ where: `${job}, step ${i + 1}`, ...step })),
  )
}

/** The scripts of all jobs, each as the runner strings its lines together. */
export function gitlabScripts(file = GITLAB): Script[] {
  const jobs = z.record(z.string(), z.unknown()).parse(read(file))
  return Object.entries(jobs).flatMap(([job, keys]) => {
    const { success, data } = gitlabJob.safeParse(keys)
    if (!success) return []
    const { before_script = [], script = [], after_script = [] } = data
    return [
      { where: `${job}, script`, text: [...before_script, ...script].join('\n') },
      { where: `${job}, after_script`, text: after_script.join('\n') },
    ].filter(({ text }) => text !== '')
  })
}

/** The commands of dmaspec in a script: `['matrix', '--json']`; what the shell puts in is left out. */
export function dmaspecCommands(text: string): { command: string; options: string[] }[] {
  return [...text.matchAll(/(?:node bin\/dmaspec\.js|npx dmaspec) ([a-z]+)(.*)/g)].map(
    ([, command = '', rest = '']) => ({
      command,
      options: rest.match(/--[a-z]+/g) ?? [],
    }),
  )
}

function read(file: string): unknown {
  return parse(readFileSync(join(projectRoot, file), 'utf8'), { merge: true })
}
