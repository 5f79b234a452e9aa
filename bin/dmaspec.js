#!/usr/bin/env node
// The harness is TypeScript; tsx reads it as it is.
try {
  const { register } = await import('tsx/esm/api')
  register()
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  process.stderr.write('dmaspec: its packages are not installed: run npm ci in its folder\n')
  process.exit(2)
}
const { main } = await import('../harness/cli/main.ts')
await main(process.argv)
