/** All that specs import. */
export { boot, kernels, observed, type SpecCell } from './spec.ts'
export { GiB, MiB } from './cell/memory.ts'
export { factsOf, type SeriesFacts } from './series-facts.ts'
export { dmatestSummaries, type DmatestSummary } from './report/dmatest.ts'
export { traceEvents } from './trace/trace.ts'
export { unaccounted } from './trace/replay.ts'
export { hex } from './report/json.ts'
export type * from './types.ts'
