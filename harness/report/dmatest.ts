/** What a thread of dmatest did, in its own words. */
export interface DmatestSummary {
  /** `dma4chan1`. */
  channel: string
  /** Of the channel's, from 0. */
  thread: number
  tests: number
  /** Tests in which the channel failed, or the data was wrong. */
  failures: number
}

/**
 * drivers/dma/dmatest.c, dmatest_func(), v5.10 to v7.3. `dma4chan1-copy0: summary 50 tests, 0 failures 11.82 iops …`
 */
const SUMMARY = /\bdmatest: (dma\d+chan\d+)-copy(\d+): summary (\d{1,9}) tests, (\d{1,9}) failures/

/** The summaries of dmatest's threads that copy, in the order in which they ended. */
export function dmatestSummaries(console: string): DmatestSummary[] {
  return console.split('\n').flatMap(line => {
    const [, channel, thread, tests, failures] = SUMMARY.exec(line) ?? []
    if (channel === undefined) return []
    return { channel, thread: Number(thread), tests: Number(tests), failures: Number(failures) }
  })
}
