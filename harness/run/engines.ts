import { CellError } from '../errors.ts'
import { checkShard, parseShard, type Shard } from './shard.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** An engine that runs one job many times over, and tells each by variables which one it is. */
export interface Engine {
  name: string
  /** Set in such a job, and in no other. */
  index: string
  shard: (variables: Variables) => Shard
}

export const engines: readonly Engine[] = [
  {
    // docs.gitlab.com/ci/variables/predefined_variables: the index, from 1, only of jobs with `parallel`
    name: 'GitLab parallel',
    index: 'CI_NODE_INDEX',
    shard: variables => ({
      index: whole(variables, 'CI_NODE_INDEX'),
      count: whole(variables, 'CI_NODE_TOTAL'),
    }),
  },
  {
    // slurm.schedmd.com/job_array.html
    name: 'Slurm array',
    index: 'SLURM_ARRAY_TASK_ID',
    shard: variables => {
      const [first, last] = [
        whole(variables, 'SLURM_ARRAY_TASK_MIN'),
        whole(variables, 'SLURM_ARRAY_TASK_MAX'),
      ]
      const step = variables['SLURM_ARRAY_TASK_STEP'] ? whole(variables, 'SLURM_ARRAY_TASK_STEP') : 1
      const count = whole(variables, 'SLURM_ARRAY_TASK_COUNT')
      const index = (whole(variables, 'SLURM_ARRAY_TASK_ID') - first) / step + 1
      if (step < 1 || (last - first) / step + 1 !== count || !Number.isInteger(index)) {
        throw new CellError(
          `the Slurm array has gaps (${count} tasks from ${first} to ${last}, step ${step}): name the shard with --shard`,
        )
      }
      return { index, count }
    },
  },
  {
    // kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode: the index, from 0; the count isn't told
    name: 'Kubernetes indexed job',
    index: 'JOB_COMPLETION_INDEX',
    shard: variables => {
      const count = ['DMASPEC_SHARDS', 'JOB_COMPLETIONS'].find(name => variables[name])
      if (count === undefined) {
        throw new CellError(
          "JOB_COMPLETION_INDEX is set, but Kubernetes doesn't tell how many there are: " +
            "set DMASPEC_SHARDS to the job's `completions`",
        )
      }
      return { index: whole(variables, 'JOB_COMPLETION_INDEX') + 1, count: whole(variables, count) }
    },
  },
]

/**
 * Which shard to run: `--shard`, else $DMASPEC_SHARD, else what the engine says that we run on; null if nobody says.
 * Throws CellError if it is nonsense, or if two engines say different things.
 */
export function chosenShard(option: string | undefined, variables: Variables = process.env): Shard | null {
  if (option !== undefined) return parseShard(option, '--shard')
  if (variables['DMASPEC_SHARD']) return parseShard(variables['DMASPEC_SHARD'], 'DMASPEC_SHARD')
  const found = engines
    .filter(({ index }) => variables[index])
    .map(({ name, index, shard }) => ({ name, shard: checkShard(shard(variables), `${name} ($${index})`) }))
  const [first, ...others] = found
  if (!first) return null
  const other = others.find(({ shard }) => show(shard) !== show(first.shard))
  if (other) {
    throw new CellError(
      `${first.name} says shard ${show(first.shard)}, ${other.name} says ${show(other.shard)}: say which with --shard`,
    )
  }
  return first.shard
}

const show = ({ index, count }: Shard) => `${index}/${count}`

function whole(variables: Variables, name: string): number {
  const value = variables[name]
  if (!value)
    throw new CellError(`${name} is not set, though the job's index is: name the shard with --shard`)
  if (!/^\d{1,9}$/.test(value)) throw new CellError(`${name} '${value}' is no whole number`)
  return Number(value)
}
