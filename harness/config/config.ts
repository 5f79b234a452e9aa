/**
 * What people write into dmaspec.config.ts. Types only, and defineConfig(), which gives an editor something to check
 * by: this file imports nothing, so that reading a configuration loads no more than itself.
 *
 * Times are in seconds. A command is an argv (`['relay', 'on', '3']`), or a line for sh (`'relay on 3 && sleep 1'`);
 * it runs in the folder of the file.
 */

/** All of it may be left out. */
export interface Config {
  /** Boards that specs run on in place of the emulator, by the names that `--target` takes (docs/board.md). */
  targets?: Record<string, TargetConfig>
  /** What `dmaspec run` runs here if no --spec says otherwise: globs, files, or folders of *.spec.ts. */
  specs?: readonly string[]
  /** A folder of *.dtso, which are found by their names beside dmaspec's own. */
  overlays?: string
}

/** An argv, or a line for sh. */
export type CommandConfig = string | readonly string[]

/** A board that isn't QEMU's. */
export interface TargetConfig {
  console: ConsoleConfig
  power: PowerConfig
  boot: UbootConfig | OwnBootConfig
  /** How to get in once it is up: needed by specs that work in a guest, and by a board that boots its own userland. */
  ssh?: SshConfig
  /** What the board is: cells that ask for anything else are skipped. */
  has: BoardConfig
  timeouts?: TimeoutsConfig
}

/** Where the board's console is: exactly one of them. */
export type ConsoleConfig =
  /** A serial line of this host; 115200 baud, 8 bits, no parity, 1 stop bit if not given. */
  | { serial: string; baud?: number }
  /** A port of a console server, `host:port`: raw, or telnet, whose negotiation is answered and left out. */
  | { tcp: string }
  /** A program whose stdout and stdin are the console. */
  | { command: CommandConfig }

/** How the board is switched: on and off, or through a cycle alone. `off` is also what ends a boot. */
export type PowerConfig =
  { on: CommandConfig; off: CommandConfig } | { cycle: CommandConfig; off?: CommandConfig }

/** U-Boot is stopped at its prompt, and told to fetch our kernel, device tree and initramfs. */
export interface UbootConfig {
  uboot: {
    /** The prompt, as it ends a line: `=> ` if not given. */
    prompt?: string
    /** What says that U-Boot waits to be stopped (`Hit any key to stop autoboot` if not given), and what stops it. */
    autoboot?: string
    stopAutoboot?: string
    /**
     * Typed one by one, each once the prompt is back; the last one boots. {image} {dtb} {initrd} are names of files in
     * `tftp`, {bootargs} is the kernel's command line, and {initrdSize} the initramfs's size in hex. Where a line may
     * not be that long, {env} is a file with bootargs=…, for `env import -t`.
     */
    commands: readonly string[]
    /** The folder that the TFTP server serves; we put a folder of this boot's files into it, and take it away again. */
    tftp: string
    /** What U-Boot knows that folder as, if the server's root is above it: `boards/3/`. */
    tftpPrefix?: string
    /** Further lines of U-Boot's that mean that it went wrong, as regular expressions. */
    errors?: readonly (string | RegExp)[]
  }
}

/** The board boots by itself, its own kernel and userland. */
export interface OwnBootConfig {
  /** What its console prints when it is up: a login prompt. */
  own: { marker: string | RegExp }
}

/** An ssh server of the board. */
export interface SshConfig {
  host: string
  port?: number
  /** root, if not given. */
  user?: string
  /** File of the private key. */
  key: string
  /** The server's public key, as /etc/ssh/ssh_host_ed25519_key.pub has it: `ssh-ed25519 AAAA…`. */
  hostKey: string
}

/** What the board is, in the words of a cell. */
export interface BoardConfig {
  /** The platform that it can stand for; salvator-xs if not given. */
  platform?: string
  /**
   * With U-Boot: those that make sense on it, for we put them into the tree that we send. A board that boots its own
   * tree has exactly these in it.
   */
  overlays?: readonly string[]
  /** `4G`. */
  memory: string
  /** Cores that Linux may use; 4 if not given. */
  cpus?: number
  /** What its SATA disk holds. Without, our initramfs leaves it alone, and facts of it are not observed. */
  disk?: DiskConfig
  /** What its eMMC holds, for cells that ask for one. */
  emmc?: DiskConfig
}

/**
 * A disk for our initramfs to check: it reads the first `bytes`, and WRITES THEM AGAIN right behind, over whatever is
 * there. `head -c 2M /dev/sda | sha256sum` on the board says what to write here.
 */
export interface DiskConfig {
  /** A multiple of 64 KiB. */
  bytes: number
  sha256: string
}

/** In seconds. */
export interface TimeoutsConfig {
  /** A power command; 30. */
  power?: number
  /** From power on to the first byte on the console; 30. */
  first?: number
  /** A command of U-Boot's, up to the next prompt; 60. */
  command?: number
  /** The kernel prints nothing; 30. */
  silence?: number
  /** From power on to the marker; 300. Takes the place of a cell's own. */
  boot?: number
}

/** Says what a configuration is, to an editor: `export default defineConfig({ … })`. */
export function defineConfig(config: Config): Config {
  return config
}
