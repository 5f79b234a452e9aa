import t from 'tap'
import { aptConf, findMirror, givenMirror, parseIndexTargets, sourcesList } from './apt-lists.ts'
import { policyCandidate, sourceVersion } from './apt.ts'

const withLists = `http://mirror.lan/tools/|main|bookworm|Tools|Tools
http://mirror.lan/debian/|main|bookworm|Debian|Debian
http://mirror.lan/debian/|main|bookworm-updates|Debian|Debian
http://mirror.lan/debian-security/|main|bookworm-security|Debian|Debian-Security
`
const withoutLists = `cdrom:[Debian 12]/|main|bookworm|$(ORIGIN)|$(LABEL)
http://docker.lan/linux/|stable|bookworm|$(ORIGIN)|$(LABEL)
http://mirror.lan/debian-security/|main|bookworm-security|$(ORIGIN)|$(LABEL)
http://mirror.lan/debian/|main|bookworm|$(ORIGIN)|$(LABEL)
http://node.lan/node_20.x/|main|nodistro|$(ORIGIN)|$(LABEL)
`
const mirror = { main: 'http://mirror.lan/debian/', security: 'http://mirror.lan/debian-security/' }

t.test(
  'suites of every kind: security has a mirror of its own, backports and experimental have not',
  async t => {
    const suites = ['trixie-backports', 'bookworm-security', 'sid', 'experimental']
    const list = sourcesList({ packages: ['linux-source-7.3'], suites, architecture: 'host' }, mirror)
    t.same(list.match(/http:\S+ \S+ main/g), [
      'http://mirror.lan/debian/ trixie-backports main',
      'http://mirror.lan/debian-security/ bookworm-security main',
      'http://mirror.lan/debian/ sid main',
      'http://mirror.lan/debian/ experimental main',
    ])
    for (const suite of ['trixie-backports', 'experimental', 'rc-buggy', 'unstable']) {
      const target = `http://mirror.lan/debian/|main|${suite}|$(ORIGIN)|$(LABEL)`
      t.equal(findMirror(parseIndexTargets(target))?.main, 'http://mirror.lan/debian/', suite)
    }
  },
)

t.test("Debian's mirror is found by its signed origin, or by suite before there are lists", async t => {
  t.same(findMirror(parseIndexTargets(withLists)), mirror)
  t.same(findMirror(parseIndexTargets(withoutLists)), mirror)
})

t.test(
  'a machine without Debian sources has no mirror; one without security suites has no such URI',
  async t => {
    t.equal(findMirror(parseIndexTargets('')), undefined)
    t.equal(findMirror(parseIndexTargets(withLists.split('\n')[0] ?? '')), undefined)
    t.same(findMirror(parseIndexTargets('http://m/d/|main|trixie|$(ORIGIN)|$(LABEL)')), {
      main: 'http://m/d/',
      security: undefined,
    })
  },
)

t.test('sources.list names each suite, and its keys', async t => {
  const row = {
    packages: ['linux-source-6.1'],
    suites: ['bookworm', 'bookworm-security'],
    architecture: 'host' as const,
  }
  const signed = 'signed-by=/usr/share/keyrings/debian-archive-keyring.gpg'
  t.equal(
    sourcesList(row, mirror),
    `deb [target=Packages ${signed}] http://mirror.lan/debian/ bookworm main
deb [target=Packages ${signed}] http://mirror.lan/debian-security/ bookworm-security main
`,
  )
  t.equal(
    sourcesList(row, { ...mirror, security: undefined })
      .trim()
      .split('\n').length,
    1,
  )
  t.match(sourcesList({ ...row, architecture: 'source' }, mirror), /^deb-src \[target=Sources /)
})

t.test('a private root keeps the proxy of the machine, and nothing else', async t => {
  const conf = aptConf('/cache/apt/x', 'arm64')
  t.match(conf, 'Dir::State::status "/cache/apt/x/state/status";')
  t.match(conf, 'APT::Architecture "arm64";')
  t.match(conf, '#clear APT::Update;')
  t.notMatch(conf, /Proxy|netrc/)
})

t.test('the version that apt would take', async t => {
  t.equal(
    policyCandidate(['linux-source-6.1:', '  Installed: (none)', '  Candidate: 6.1.192-2']),
    '6.1.192-2',
  )
  t.equal(policyCandidate(['x:', '  Candidate: (none)']), undefined)
  t.equal(policyCandidate([]), undefined)
  const uris = [
    'Reading package lists...',
    "'http://m/q/qemu_10.0.13%2bds-0%2bdeb13u1.dsc' qemu_10.0.13+ds-0+deb13u1.dsc 12462 SHA256:aa",
    "'http://m/q/qemu_10.0.13%2bds.orig.tar.xz' qemu_10.0.13+ds.orig.tar.xz 40010016 SHA256:bb",
  ]
  t.equal(sourceVersion(uris, 'qemu'), '10.0.13+ds-0+deb13u1')
  t.equal(sourceVersion([], 'qemu'), undefined)
})

t.test('$DMASPEC_MIRROR names a mirror, and that of the security suites', async t => {
  const given = (text?: string) => givenMirror({ DMASPEC_MIRROR: text })
  t.equal(given(), undefined)
  t.equal(given(' '), undefined)
  const both = { main: 'http://mirror.lan/debian/', security: 'http://mirror.lan/debian-security/' }
  t.same(given('http://mirror.lan/debian'), both)
  t.same(given('http://mirror.lan/debian//'), both)
  t.same(given('http://m/d  https://s/x/'), { main: 'http://m/d/', security: 'https://s/x/' })
  const lines = sourcesList({ packages: ['x'], suites: ['sid', 'sid-security'], architecture: 'host' }, both)
  t.match(
    lines,
    /\] http:\/\/mirror\.lan\/debian\/ sid main\n.*\] http:\/\/mirror\.lan\/debian-security\/ sid-security main\n/,
  )
})

t.test('nonsense in $DMASPEC_MIRROR is one clear error', async t => {
  const nonsense = {
    'mirror.lan/debian': /'mirror\.lan\/debian' is no URL of a Debian archive/,
    'ftp://mirror.lan/debian': /no URL/,
    'http://m/d#x': /no URL/,
    'http://m/[trusted=yes]': /no URL/,
    'http://m/debian/dists/sid': /too deep/,
    'http://a http://b http://c': /more than two/,
  }
  for (const [text, message] of Object.entries(nonsense))
    t.throws(() => givenMirror({ DMASPEC_MIRROR: text }), { name: 'ImageError', message }, text)
})
