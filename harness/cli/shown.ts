import type { TextOptions } from '../diff/text.ts'

/** Messages of dmesg that are shown, new and gone each, unless all are asked for. */
export const LINES = 15
/** Of a line in a pipe or a file. */
const WIDTH = 120

/** How a diff is shown on stdout: as wide as the terminal, and in colour only there. */
export function shownOnStdout(lines = LINES): TextOptions {
  const { isTTY, columns } = process.stdout
  return { width: isTTY ? columns : WIDTH, color: isColoured(process.stdout), lines }
}

/** Whether what is written there may have colours: on a terminal, unless its user wants none. */
export function isColoured({ isTTY }: NodeJS.WriteStream): boolean {
  return isTTY && process.env['NO_COLOR'] === undefined
}
