import { Option } from 'commander'
import { collect } from './collect.ts'
import { count } from './numbers.ts'

/** --spec of the commands that run specs. */
export function specOption(): Option {
  const says =
    "specs by name, or files and folders anywhere (repeatable; default: the configuration's, or dmaspec's own)"
  return new Option('--spec <glob>', says).argParser(collect)
}

/** --jobs of the same. */
export function jobsOption(): Option {
  return new Option('--jobs <n>', 'cells side by side (default: by cores and free memory)').argParser(count)
}
