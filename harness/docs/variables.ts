/** A variable of the environment that dmaspec reads. */
export interface Variable {
  name: string
  says: string
}

/** Those that a person or a CI job may set. */
export const variables: readonly Variable[] = [
  {
    name: 'DMASPEC_CACHE',
    says: 'The folder of what is built and fetched. Default: $XDG_CACHE_HOME/dmaspec.',
  },
  { name: 'XDG_CACHE_HOME', says: 'Default: ~/.cache.' },
  {
    name: 'KERNELS',
    says: 'The series that specs, run, platforms and make are for, with blanks between: 5.10 7.3. --kernel goes before it.',
  },
  {
    name: 'DMASPEC_SHARD',
    says: 'The part of a matrix to run, 2/5, where --shard does not say it. The variables of a GitLab parallel job, a Slurm array or a Kubernetes indexed job say it, too (docs/running.md).',
  },
  { name: 'DMASPEC_SHARDS', says: 'How many parts there are, for a Kubernetes indexed job.' },
  {
    name: 'DMASPEC_RESULTS_URL',
    says: 'Where the folder of results will be on the web: kcidb.json names consoles and traces by it.',
  },
  {
    name: 'DMASPEC_MIRROR',
    says: 'The Debian mirror, and its security mirror, on a machine whose apt knows no Debian (docs/cache.md).',
  },
  {
    name: 'DMASPEC_CONFIG',
    says: 'The configuration to read, rather than the dmaspec.config.ts of this folder or above (--config).',
  },
  { name: 'DMASPEC_TARGET', says: 'The board of that configuration that specs run on (--target).' },
  {
    name: 'NO_COLOR',
    says: 'If set, no colours, though it is a terminal. FORCE_COLOR=1 is the opposite, for explain.',
  },
  { name: 'TERM', says: 'The terminal that the shell in a guest is told of.' },
]

/** Those by which dmaspec tells its own processes something. */
export const ownVariables = ['DMASPEC_GIVEN', 'DMASPEC_RUN_NONCE', 'DMASPEC_COMMAND', 'FAKES']
