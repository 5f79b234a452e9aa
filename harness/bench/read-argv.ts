/** A boot's argv with another disk image, and without the device trace if that is not wanted. */
export function readArgv(
  argv: readonly string[],
  disk: { from: string; to: string },
  traced: boolean,
): string[] {
  const drive = argv.findIndex(argument => argument.includes(`file=${disk.from}`))
  if (drive === -1) throw new Error(`no drive of this boot has ${disk.from}`)
  return argv.map((argument, i) => {
    if (i === drive) return argument.replace(`file=${disk.from}`, () => `file=${disk.to}`)
    // A comma of a value is written twice.
    return traced ? argument : argument.replace(/,device-trace=(?:[^,]|,,)*/, '')
  })
}
