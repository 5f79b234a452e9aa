/** Debian's Chromium, for tests and figures: headless, on its own, asking nobody for anything. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'

const EXECUTABLE = '/usr/bin/chromium'

const ARGS = [
  // In a container without a GPU, with a small /dev/shm.
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** What to tell who has no Chromium; null if it is there. */
export function noBrowser(): string | null {
  if (existsSync(EXECUTABLE)) return null
  return `${EXECUTABLE} is not there: sudo apt-get install chromium fonts-dejavu-core, or dmaspec images --tools test`
}

/** A browser with a profile of its own, which goes when it is closed. */
export interface Browser {
  context: BrowserContext
  close(): Promise<void>
}

/** Starts Chromium. Its sandbox can't be had by root. */
export async function startBrowser(): Promise<Browser> {
  // Loaded here: every command would wait for it, and it is not installed where dmaspec is only used.
  const { chromium } = await import('playwright-core')
  const profile = mkdtempSync(join(tmpdir(), 'dmaspec-chromium-'))
  const remove = () => rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  try {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: EXECUTABLE,
      args: process.getuid?.() === 0 ? [...ARGS, '--no-sandbox'] : ARGS,
      viewport: { width: 1400, height: 900 },
    })
    return {
      context,
      async close() {
        await context.close()
        remove()
      },
    }
  } catch (error) {
    remove()
    throw error
  }
}
