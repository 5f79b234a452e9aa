/** All that specs import. */
export { boot, kernels, observed, type SpecCell } from './spec.ts'
export { GiB, MiB } from './cell/memory.ts'
export { otherPlatforms, type Platform } from './platform/platforms.ts'
export { factsOf, type SeriesFacts } from './series-facts.ts'
export { hex } from './report/json.ts'
export type * from './types.ts'
