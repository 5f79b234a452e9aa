#!/usr/bin/env node
// The harness is TypeScript; tsx reads it as it is. What that needs is checked here: nothing else could say it.
const OLDEST_NODE = 20
if (parseInt(process.versions.node) < OLDEST_NODE)
  giveUp(`it wants Node ${OLDEST_NODE} or newer, and this is ${process.versions.node}`)
try {
  const { register } = await import('tsx/esm/api')
  register()
  const { main } = await import('../harness/cli/main.ts')
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
