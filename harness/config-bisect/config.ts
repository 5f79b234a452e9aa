/** A kernel's configuration: values by option, `y`, `m`, `0x40`, `"text"`; one that is off is not in it. */
export type Config = ReadonlyMap<string, string>

/** An option that two configurations have differently; `n` is off. */
export interface OptionDifference {
  /** `CONFIG_SATA_RCAR`. */
  option: string
  good: string
  bad: string
}

const OFF = 'n'

/** Reads a .config, or lines of one. The last line of an option counts, as it does for Kconfig. */
export function readConfig(text: string): Config {
  const config = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, option, value] = /^(CONFIG_\w+)=(.*?)\s*$/.exec(line) ?? []
    const off = /^# (CONFIG_\w+) is not set\s*$/.exec(line)?.[1]
    if (off !== undefined || value === OFF) config.delete(off ?? option ?? '')
    else if (option !== undefined && value !== undefined) config.set(option, value)
  }
  return config
}

/** The options that two configurations have differently, sorted. */
export function differences(good: Config, bad: Config): OptionDifference[] {
  const options = [...new Set([...good.keys(), ...bad.keys()])].sort()
  return options
    .map(option => ({ option, good: good.get(option) ?? OFF, bad: bad.get(option) ?? OFF }))
    .filter(({ good, bad }) => good !== bad)
}

/**
 * Lines for Kconfig: the good configuration with some of its options as the bad one has them. These come last: of a choice,
 * Kconfig takes the last that is on.
 */
export function mixed(good: Config, asBad: readonly OptionDifference[]): string {
  const changed = new Set(asBad.map(({ option }) => option))
  const kept = [...good].filter(([option]) => !changed.has(option))
  const off = asBad.filter(({ bad }) => bad === OFF)
  const on = asBad.filter(({ bad }) => bad !== OFF)
  return [
    ...kept.map(([option, value]) => `${option}=${value}`),
    // A number or a text that isn't there can't be asked for: what it depends on is off.
    ...off.filter(({ good }) => /^[ym]$/.test(good)).map(({ option }) => `${option}=${OFF}`),
    ...on.map(({ option, bad }) => `${option}=${bad}`),
    '',
  ].join('\n')
}

/** Lines of a file of the user's as KCONFIG_ALLCONFIG and dropped options are asked for: `=n`, not a comment. */
export function asAsked(text: string): string {
  return text.replace(/^# (CONFIG_\w+) is not set[^\S\n]*$/gm, `$1=${OFF}`)
}
