/**
 * `dmaspec/report`: what a kernel's console says, as typed facts. A library without dependencies.
 *
 *     import { parseConsole } from 'dmaspec/report'
 *     for (const { kind, title } of parseConsole(text).oopses) console.log(kind, title)
 */
export { ConsoleParser, parseConsole, type ParseOptions } from './parse.ts'
export { LineSplitter } from './input/chunks.ts'
export { hex, toJson } from './json.ts'
export { LIMITS } from './limits.ts'
export { OOPS_KINDS } from './report.ts'
export type * from './report.ts'
