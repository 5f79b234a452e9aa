/**
 * Writes an initramfs in the kernel's format (Documentation/driver-api/early-userspace/buffer-format.rst): newc, as
 * usr/gen_init_cpio.c makes it. No host tool is asked, so device nodes need no root, and nothing but the content
 * (no owner, time or inode of the host) gets into the bytes.
 */
export type Node =
  | { path: string; kind: 'dir'; mode?: number }
  | { path: string; kind: 'file'; mode?: number; content: Buffer }
  | { path: string; kind: 'link'; to: string }
  | { path: string; kind: 'char'; mode?: number; major: number; minor: number }

const types = { dir: 0o040000, file: 0o100000, link: 0o120000, char: 0o020000 }
const permissions = { dir: 0o755, file: 0o644, link: 0o777, char: 0o600 }

/** The archive of these nodes, in this order; a node's folder must come before it. */
export function cpio(nodes: readonly Node[]): Buffer {
  const records = nodes.map((node, index) => record(node, index + 1))
  const trailer = record({ path: 'TRAILER!!!', kind: 'file', content: Buffer.alloc(0) }, 0)
  return Buffer.concat([...records, trailer])
}

function record(node: Node, inode: number): Buffer {
  const content =
    node.kind === 'file' ? node.content : node.kind === 'link' ? Buffer.from(node.to) : Buffer.alloc(0)
  const name = Buffer.from(`${node.path}\0`)
  const mode =
    inode === 0 ? 0 : types[node.kind] | ((node.kind !== 'link' && node.mode) || permissions[node.kind])
  const fields = [
    inode,
    mode,
    0, // uid
    0, // gid
    node.kind === 'dir' ? 2 : 1, // nlink
    0, // mtime
    content.length,
    0, // device the file is on
    0,
    node.kind === 'char' ? node.major : 0,
    node.kind === 'char' ? node.minor : 0,
    name.length,
    0, // checksum: none in newc
  ]
  const header = `070701${fields.map(field => field.toString(16).padStart(8, '0')).join('')}`
  return Buffer.concat([padded(Buffer.concat([Buffer.from(header), name])), padded(content)])
}

/** To a multiple of four bytes. */
function padded(buffer: Buffer): Buffer {
  return Buffer.concat([buffer, Buffer.alloc((4 - (buffer.length % 4)) % 4)])
}
