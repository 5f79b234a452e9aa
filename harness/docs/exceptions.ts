/** Commands of the pages that no test can run, and why. Of each it is still asked that its command line parses. */
export interface Exception {
  /** What the commands have in common. A row that is of no page's command any more is an error. */
  command: RegExp
  why: string
}

export const exceptions: readonly Exception[] = [
  {
    command:
      /^npm (pack|install|pkg)\b|\bdmaspec init\b|bus-limit-34bit|\/srv\/dmaspec|^npx dmaspec images {2,}#/,
    why: 'another repository: harness/pack/pack.test.ts does it, in a folder elsewhere',
  },
  { command: /^git bisect\b/, why: "builds kernels, in a tree of the reader's" },
  { command: /--target\b/, why: 'wants a board: harness/target has one that a guest plays' },
  { command: /--tree\b|--flavour\b/, why: 'builds a kernel: minutes' },
  { command: /~\/linux\b/, why: "wants the reader's own tree" },
  {
    command: /\bdmaspec (run|matrix)( {2,}#| *$)|\bdmaspec matrix --shard\b/,
    why: 'every spec: make test has them run',
  },
  { command: /^make (test|matrix|goldens|bench|attack|platforms)\b/, why: 'minutes: targets of their own' },
  { command: /^DMASPEC_MIRROR=/, why: 'fetches what a filled cache has' },
  { command: /\bmake images\b|\bdmaspec images --kernel\b/, why: 'builds what make test does not' },
  {
    command: /\bdmaspec platforms\b|--kernel (?!6\.1\b)\d|\bdiff out\/\w+:\d/,
    why: 'wants kernels that make test does not build',
  },
  { command: /\bdmaspec attack\b/, why: 'make attack; harness/qtest/attack.test.ts has a short one' },
  { command: /harness\/fuzz\/run\.ts/, why: 'minutes; harness/fuzz/fuzz.test.ts has a short one' },
  { command: /\bdmaspec cache (prune|verify)\b/, why: 'the cache is the one that all tests use' },
  { command: /\bshell --(serial|gdb)\b/, why: 'wants a terminal: harness/guest has a test of it' },
  { command: /^dmesg \|/, why: "reads this host's own log" },
  { command: /harness\/qtest\/rwdt\.test\.ts/, why: 'wants the emulator with the device of that page' },
]

/** The row that says why a command is not run; undefined if it is. */
export function exceptionOf(command: string): Exception | undefined {
  return exceptions.find(row => row.command.test(command))
}
