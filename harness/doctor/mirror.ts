/** Where sources and packages would come from. */
import { findMirror, givenMirror, parseIndexTargets, targetFormat } from '../images/apt-lists.ts'
import { type Finding, type Host, ok } from './finding.ts'

/** What apt would fetch from; whether that can be reached is not tried. */
export async function mirror({ run }: Host, isNeeded: boolean): Promise<Finding> {
  const given = givenMirror()
  if (given) return ok(`$DMASPEC_MIRROR: ${withoutSecrets(given.main)}`)
  const list = ['apt-get', 'indextargets', '--format', targetFormat]
  for (const argv of [list, [...list, '-o', 'APT::Get::IndexTargets::ReleaseInfo=false']]) {
    const found = findMirror(parseIndexTargets((await run(...argv)).lines.join('\n')))
    if (found) return ok(`${withoutSecrets(found.main)}, not tried`)
  }
  const advice =
    'add one to /etc/apt/sources.list (deb <mirror> bookworm main), or set DMASPEC_MIRROR to its URL'
  // What is built already wants nothing of it.
  return { verdict: isNeeded ? 'wrong' : 'optional', said: 'apt names none', advice }
}

/** A URL without the name and password that may be in it. */
export function withoutSecrets(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)[^/@]*@/, '$1')
}
