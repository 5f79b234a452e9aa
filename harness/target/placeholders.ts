/** The names by which U-Boot's commands call the files of a boot. */
import { CellError } from '../errors.ts'
import { unknown } from '../cell/suggest.ts'

export interface Placeholders {
  image: string
  dtb: string
  initrd: string
  /** Hex, without 0x, as U-Boot takes it behind a colon. */
  initrdSize: string
  bootargs: string
  /** A file for `env import -t`: bootargs=… */
  env: string
}

export const PLACEHOLDERS = ['image', 'dtb', 'initrd', 'initrdSize', 'bootargs', 'env'] as const

/** Fills them in: `{image}`. U-Boot's own variables are ${written} like this, and stay. */
export function fillIn(command: string, values: Placeholders): string {
  return command.replace(/(?<!\$)\{(\w+)\}/g, (_, name: string) => {
    if (!PLACEHOLDERS.some(known => known === name))
      throw new CellError(`boot.uboot.commands: ${unknown('placeholder', name, PLACEHOLDERS)}`)
    return values[name as keyof Placeholders]
  })
}

/** A word for U-Boot's hush, which knows single quotes as sh does, and no way to write one inside. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]*$/.test(text) ? text : `'${text}'`
}
