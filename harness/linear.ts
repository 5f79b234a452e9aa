import type { Test } from 'tap'

const ROUNDS = 3
/** Milliseconds that may be noise. */
const NOISE = 10

/** Milliseconds of CPU time that it takes, at best: what else the machine does is no part of it. */
export function cpuMilliseconds(act: () => void): number {
  let best = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    act()
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / 1000)
  }
  return best
}

/** For tests: passes if `act` takes about twice as long for twice the length. Quadratic is four times. */
export function takesLinearTime(t: Test, name: string, act: (length: number) => void, length: number): void {
  act(length / 4)
  const [one, two] = [cpuMilliseconds(() => act(length)), cpuMilliseconds(() => act(2 * length))]
  t.ok(two < 3 * one + NOISE, `${name}: ${one.toFixed(1)} ms, twice as much ${two.toFixed(1)} ms`)
}
