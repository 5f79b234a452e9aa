#!/usr/bin/env node
// In a clone the harness is TypeScript, in the package it was compiled; specs and configurations are TypeScript in
// both. tsx reads that as it is.
import { existsSync } from 'node:fs'
try {
  const { register } = await import('tsx/esm/api')
  register()
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  process.stderr.write('dmaspec: its packages are not installed: run npm ci in its folder\n')
  process.exit(2)
}
const urls = ['../harness/cli/main.ts', '../dist/cli/main.js'].map(path => new URL(path, import.meta.url))
const found = urls.find(url => existsSync(url))
if (found === undefined) {
  process.stderr.write('dmaspec: this package lacks dist/: pack it with npm pack --no-ignore-scripts\n')
  process.exit(2)
}
const { main } = await import(found)
await main(process.argv)
