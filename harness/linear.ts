import type { Test } from 'tap'

/** How much longer the second input is than the first. Linear takes as many times as long, quadratic 64. */
const LONGER = 8
/** Between 8 and 64, as far from one as from the other: a machine may be nearly three times slower for a while. */
const LIMIT = 22
/** Milliseconds that may be noise. */
const NOISE = 10
/** Times that each is measured at least, and at most if it seems to take too long. */
const ROUNDS = { least: 3, most: 9 }
/** Milliseconds that are no noise: what takes so long is not measured again. */
const LONG = 500

/** Milliseconds of CPU time that it takes: what else the machine does is no part of it. */
function cpuMilliseconds(act: () => void): number {
  const before = process.cpuUsage()
  act()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/**
 * For tests: passes if `act` takes about 8 times as long for 8 times the length, from a quarter of `length` to twice
 * `length`. Quadratic is 64 times. Each is measured in turn, and the best of each counts.
 */
export function takesLinearTime(t: Test, name: string, act: (length: number) => void, length: number): void {
  const short = Math.max(1, Math.round(length / 4))
  act(short)
  let [one, many] = [Infinity, Infinity]
  const linear = () => many < LIMIT * one + NOISE
  const enough = (rounds: number) => many > LONG || rounds >= (linear() ? ROUNDS.least : ROUNDS.most)
  for (let rounds = 0; rounds === 0 || !enough(rounds); rounds++) {
    one = Math.min(
      one,
      cpuMilliseconds(() => act(short)),
    )
    many = Math.min(
      many,
      cpuMilliseconds(() => act(LONGER * short)),
    )
  }
  t.ok(linear(), `${name}: ${one.toFixed(1)} ms, ${LONGER} times as much ${many.toFixed(1)} ms`)
}
