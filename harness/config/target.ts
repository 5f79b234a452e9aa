/** A target, as the rest of dmaspec reads it: checked, paths absolute, nothing left out. */
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { z } from 'zod'

/** The name of a target: it is part of paths and of ids. */
export const TARGET_NAME = /^[A-Za-z0-9][\w.-]{0,63}$/

/** What images/initramfs/init reads and writes at once. */
const BLOCK = 65536

const text = z.string().min(1, 'is empty')
const argv = z.array(text).min(1, 'is empty: name a program')
const command = z
  .union([text, argv], 'is no command: write a line for sh, or an array of a program and its arguments')
  .transform(words => (typeof words === 'string' ? ['sh', '-c', words] : words))
const seconds = z.number('must be a number of seconds').min(0.1).max(3600)
const pattern = z
  .union([text, z.instanceof(RegExp)], 'must be a text or a regular expression')
  .transform((source, ctx) => {
    try {
      // Stateful flags would make every other match fail.
      return typeof source === 'string'
        ? new RegExp(source)
        : new RegExp(source.source, source.flags.replace(/[gy]/g, ''))
    } catch (error) {
      ctx.addIssue(`is no regular expression: ${(error as Error).message}`)
      return z.NEVER
    }
  })

/** Exactly one of these keys, of which an object may have any: what a union of objects can't say in one sentence. */
function oneOf(keys: readonly string[]) {
  return (value: object, ctx: z.RefinementCtx) => {
    const found = keys.filter(key => key in value)
    if (found.length !== 1)
      ctx.addIssue(`wants one of ${keys.join(', ')}, and has ${found.join(' and ') || 'none'}`)
  }
}

const address = text.transform((where, ctx) => {
  const [, six, name, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s]+)):(\d{1,5})$/.exec(where) ?? []
  const port = Number(digits)
  if (digits === undefined || port < 1 || port > 65535) {
    ctx.addIssue(`'${where}' is not host:port`)
    return z.NEVER
  }
  return { host: six ?? name ?? '', port }
})

const consoles = z
  .strictObject({
    serial: text.optional(),
    baud: z.int().positive().optional(),
    tcp: address.optional(),
    command: command.optional(),
  })
  .superRefine(oneOf(['serial', 'tcp', 'command']))
  .superRefine(({ serial, baud }, ctx) => {
    if (baud !== undefined && serial === undefined) ctx.addIssue('baud is of a serial line')
  })
  .transform(({ serial, baud = 115200, tcp, command }) =>
    serial !== undefined
      ? { kind: 'serial' as const, path: serial, baud }
      : tcp !== undefined
        ? { kind: 'tcp' as const, ...tcp }
        : { kind: 'command' as const, argv: command ?? [] },
  )

const power = z
  .strictObject({ on: command.optional(), off: command.optional(), cycle: command.optional() })
  .superRefine(oneOf(['on', 'cycle']))
  .superRefine(({ on, off }, ctx) => {
    if (on !== undefined && off === undefined) ctx.addIssue("has 'on', and no 'off' to end a boot with")
  })
  .transform(({ on, off, cycle }) => ({ on: on ?? null, off: off ?? null, cycle: cycle ?? null }))

const uboot = z.strictObject({
  prompt: text.default('=> '),
  autoboot: text.default('Hit any key to stop autoboot'),
  stopAutoboot: text.default(' '),
  commands: z
    // What is below space would be a key to U-Boot: Ctrl-C, a line's end.
    .array(text.regex(/^[ -~]+$/, 'must be printable ASCII on one line'))
    .min(1, 'is empty: the last one boots'),
  tftp: text,
  tftpPrefix: z.string().default(''),
  errors: z.array(pattern).default([]),
})

const boot = z
  .strictObject({ uboot: uboot.optional(), own: z.strictObject({ marker: pattern }).optional() })
  .superRefine(oneOf(['uboot', 'own']))
  .transform(({ uboot, own }) =>
    uboot ? { kind: 'uboot' as const, ...uboot } : { kind: 'own' as const, marker: own?.marker ?? /(?!)/ },
  )

const hostKey = text.transform((line, ctx) => {
  const [type = '', base64 = ''] = line.trim().split(/\s+/)
  const key = Buffer.from(base64, 'base64')
  // RFC 4253, 6.6: the key begins with its type, which is a string.
  if (key.length < 8 || key.subarray(4, 4 + key.readUInt32BE(0)).toString() !== type) {
    ctx.addIssue("is no public key: write the line of the board's /etc/ssh/ssh_host_ed25519_key.pub")
    return z.NEVER
  }
  return { type, key }
})

const ssh = z.strictObject({
  host: text,
  port: z.int().min(1).max(65535).default(22),
  user: text.default('root'),
  key: text,
  hostKey,
})

const disk = z.strictObject({
  bytes: z
    .int()
    .min(BLOCK)
    .max(2 ** 30)
    .refine(bytes => bytes % BLOCK === 0, 'is no multiple of 64 KiB'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256: 64 hex digits, as sha256sum prints them'),
})

const has = z.strictObject({
  platform: text.default('salvator-xs'),
  overlays: z.array(text).default([]),
  memory: z.string().regex(/^\d{1,9}[MG]$/, 'is no size: write it like 4G or 512M'),
  cpus: z.int().min(1).max(64).default(4),
  disk: disk.optional().transform(found => found ?? null),
  emmc: disk.optional().transform(found => found ?? null),
})

const timeouts = z.strictObject({
  power: seconds.default(30),
  first: seconds.default(30),
  command: seconds.default(60),
  silence: seconds.default(30),
  boot: seconds.default(300),
})

/** A row of `targets`. */
export const targetSchema = z.strictObject({
  console: consoles,
  power,
  boot,
  ssh: ssh.optional().transform(found => found ?? null),
  has,
  timeouts: timeouts.prefault({}),
})

/** A board, checked. `folder` is where its commands run, and what its paths are below. */
export type Target = z.infer<typeof targetSchema> & { name: string; folder: string }

/** The target with its name, and its paths made absolute; `~/` is the user's home. */
export function placed(target: z.infer<typeof targetSchema>, name: string, folder: string): Target {
  const path = (written: string) => resolve(folder, written.replace(/^~(?=\/)/, homedir()))
  const { console, boot, ssh } = target
  return {
    ...target,
    name,
    folder,
    console: console.kind === 'serial' ? { ...console, path: path(console.path) } : console,
    boot: boot.kind === 'uboot' ? { ...boot, tftp: path(boot.tftp) } : boot,
    ssh: ssh && { ...ssh, key: path(ssh.key) },
  }
}
