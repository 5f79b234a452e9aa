/** All that specs import. */
export { boot, kernels, live, observed, type SpecCell } from './spec.ts'
export { GiB, MiB } from './cell/memory.ts'
export { factsOf, type SeriesFacts } from './series-facts.ts'
export { hex } from './report/json.ts'
export type { ExecOptions, ExecResult, Guest } from './guest/guest.ts'
export type * from './types.ts'
