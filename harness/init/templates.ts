/** The files that `dmaspec init` writes: each is a real one in examples/init, linted and run with dmaspec's own. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../project.ts'

/** The services whose workflows there are. */
export const CI_SERVICES = ['github', 'gitlab'] as const
export type CiService = (typeof CI_SERVICES)[number]

export interface Template {
  /** Its path in examples/init. */
  from: string
  /** Where it goes in the user's repo. */
  to: string
  /** What it is for, to be printed. */
  what: string
  /** Only for those who have that service. */
  ci?: CiService
}

export const templates: readonly Template[] = [
  {
    from: 'dmaspec.config.ts',
    to: 'dmaspec.config.ts',
    what: 'what is run here, and where overlays are',
  },
  {
    from: 'specs/bus-limit-34bit.spec.ts',
    to: 'specs/bus-limit-34bit.spec.ts',
    what: 'a first spec: two boots that differ in one thing',
  },
  { from: 'dts/bus-limit-34bit.dtso', to: 'dts/bus-limit-34bit.dtso', what: 'the overlay that it names' },
  // npm leaves files out of packages that are called as these two are.
  { from: 'taprc', to: '.taprc', what: 'for npx tap' },
  { from: 'gitignore', to: '.gitignore', what: 'what is installed, and what runs leave' },
  {
    from: '.github/workflows/dmaspec.yml',
    to: '.github/workflows/dmaspec.yml',
    what: 'the specs on GitHub Actions',
    ci: 'github',
  },
  { from: '.gitlab-ci.yml', to: '.gitlab-ci.yml', what: 'the specs on GitLab', ci: 'gitlab' },
]

/** A template's text. */
export function textOf({ from }: Template, root = projectRoot): string {
  return readFileSync(join(root, 'examples/init', from), 'utf8')
}
