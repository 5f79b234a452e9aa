/** `npm run man`: writes man/dmaspec.1. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { program } from '../cli/main.ts'
import { projectRoot, projectVersion } from '../project.ts'
import { manPage } from './man.ts'

mkdirSync(join(projectRoot, 'man'), { recursive: true })
writeFileSync(join(projectRoot, 'man/dmaspec.1'), manPage(program(), projectVersion()))
