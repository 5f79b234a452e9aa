import { execa } from 'execa'
import { InfraError } from '../errors.ts'

/** The Debian package that has the tool. */
const PACKAGES = {
  dtc: 'device-tree-compiler',
  fdtoverlay: 'device-tree-compiler',
  fdtget: 'device-tree-compiler',
  fdtput: 'device-tree-compiler',
} as const

export type Tool = keyof typeof PACKAGES

export interface ToolResult {
  ok: boolean
  stdout: string
  stderr: string
}

/** Runs a device-tree tool; that it refuses its input is a result, that it can't run is an InfraError. */
export async function runTool(tool: Tool, args: string[], cwd: string): Promise<ToolResult> {
  const { failed, exitCode, stdout, stderr, code, shortMessage } = await execa(tool, args, {
    cwd,
    reject: false,
  })
  if (code === 'ENOENT') throw new InfraError(`${tool} is missing: apt install ${PACKAGES[tool]}`)
  if (exitCode === undefined) throw new InfraError(`${shortMessage}\n${stderr}`.trim())
  return { ok: !failed, stdout, stderr: stderr.trim() }
}
