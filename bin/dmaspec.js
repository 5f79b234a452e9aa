#!/usr/bin/env node
// In a clone the harness is TypeScript, in the package it was compiled; specs and configurations are TypeScript in
// both. tsx reads that as it is. What that needs is checked here: nothing else could say it.
import { existsSync } from 'node:fs'
const OLDEST_NODE = 20
if (parseInt(process.versions.node) < OLDEST_NODE)
  giveUp(`it wants Node ${OLDEST_NODE} or newer, and this is ${process.versions.node}`)
try {
  const { register } = await import('tsx/esm/api')
  register()
  const urls = ['../harness/cli/main.ts', '../dist/cli/main.js'].map(path => new URL(path, import.meta.url))
  const found = urls.find(url => existsSync(url))
  if (found === undefined) giveUp('this package lacks dist/: pack it with npm pack --no-ignore-scripts')
  const { main } = await import(found)
  await main(process.argv)
} catch (error) {
  const isMissing = error.code === 'ERR_MODULE_NOT_FOUND'
  const [, name] = (isMissing && /^Cannot find package '([^']+)'/.exec(error.message)) || []
  if (name === undefined) throw error
  giveUp(`its package ${name} is not installed: run npm ci in its folder`)
}

function giveUp(why) {
  process.stderr.write(`dmaspec: ${why}\n`)
  process.exit(2)
}
