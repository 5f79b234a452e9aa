import { buildKernels } from './harness/images/kernel.ts'
import { kernels } from './harness/images/series.ts'
import { progressOn } from './harness/images/progress.ts'
const ac = new AbortController()
process.on('SIGINT',()=>ac.abort(new Error('int')))
const t=Date.now()
const sets = [[],['bus-mask-always-set'],['domain-free-unguarded'],['bus-mask-always-set','domain-free-unguarded']]
const e = await buildKernels({root: process.env.DMASPEC_CACHE!, progress: progressOn(process.stderr), signal: ac.signal, update:false}, kernels[0]!, sets)
console.log(JSON.stringify(e,null,1), (Date.now()-t)/1000)
