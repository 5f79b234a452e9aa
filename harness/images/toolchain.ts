import { run, type RunOptions } from './run.ts'

/** The compiler and linker, as they say what they are: `aarch64-linux-gnu-gcc (Debian 12.2.0-14) 12.2.0, GNU ld … 2.40`. */
export async function toolchain(prefix: string, options: RunOptions): Promise<string> {
  const first = async (program: string) => (await run([`${prefix}${program}`, '--version'], options))[0] ?? ''
  return [await first('gcc'), await first('ld')].join(', ')
}

/** The versions of the libraries that are compiled against: an upgrade may bring headers older than our objects. */
export async function libraries(names: readonly string[], options: RunOptions): Promise<string> {
  const versions = await run(['pkg-config', '--modversion', ...names], options)
  return names.map((name, i) => `${name} ${versions[i] ?? '?'}`).join(', ')
}
