import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { readSeries, slug, writeSeries } from './series.ts'

/** A repository with two commits on top of its first. */
function setUp(t: Test) {
  const dir = t.testdir({ repo: { 'a.c': 'one\n', 'b.c': 'one\n' } })
  const file = (name: string) => join(dir, name)
  const who = ['-c', 'user.name=Zoë', '-c', 'user.email=z@example.org']
  const git = (...argv: string[]) =>
    execFileSync('git', [...who, '-C', file('repo'), ...argv], { encoding: 'utf8', stdio: 'pipe' })
  const commit = (path: string, text: string, message: string) => {
    writeFileSync(join(file('repo'), path), text)
    git('add', '.')
    git('commit', '-q', '-m', message)
  }
  git('init', '-q', '-b', 'main')
  commit('a.c', 'one\n', 'first')
  commit(
    'a.c',
    'one\n\tüber = 1\n',
    'a: say über\n\nFrom the start:\nFrom nowhere\n  --- a/no.c\n  +++ b/no.c\n  @@ -0,0 +1 @@\n  +no',
  )
  commit('b.c', 'two\n', 'b: say two')
  const put = (name: string, content: string | Buffer) => {
    writeFileSync(file(name), content)
    return file(name)
  }
  const read = async (...files: string[]) => {
    const series = await readSeries(files, new AbortController().signal)
    const patches = writeSeries(series, file('patches'))
    return { notes: series.notes, patches, texts: patches.map(patch => readFileSync(patch.file, 'utf8')) }
  }
  return { file, git, put, read }
}

const ADDS_UMLAUT = '\n one\n+\tüber = 1\n'
const SAYS_TWO = '\n-one\n+two\n'

t.test('a series as git writes it', async t => {
  const { git, put, read, file } = setUp(t)
  const mbox = git('format-patch', '--stdout', '--cover-letter', '-v3', 'HEAD~2')
  const { patches, notes, texts } = await read(put('series.mbox', mbox))
  t.match(patches, [
    { title: 'a: say über', file: file('patches/0001-a-say-ber.patch') },
    { title: 'b: say two', file: file('patches/0002-b-say-two.patch') },
  ])
  t.match(notes, [/series\.mbox: left out '\*\*\* SUBJECT HERE \*\*\*': the cover letter$/])
  t.ok(texts[0]?.includes(ADDS_UMLAUT))
  t.notMatch(texts[0], /no\.c/, 'what the message says is no diff')
  t.ok(texts[1]?.includes(SAYS_TWO))
  t.same(
    readdirSync(tmpdir()).filter(name => name.startsWith('dmaspec-mails-')),
    [],
  )
})

t.test(
  'a thread as lore has it: gzipped, out of order, with answers, quoted-printable and base64',
  async t => {
    const { git, put, read } = setUp(t)
    const [first = '', second = ''] = git('format-patch', '--stdout', '-n', 'HEAD~2').split(
      /(?<=\n)(?=From [0-9a-f]{40} )/,
    )
    const encode = (mail: string, encoding: string, body: (text: string) => string) => {
      const at = mail.indexOf('\n\n')
      const headers = mail.slice(0, at).replace(/\n(MIME-Version|Content-\w+-?\w*):.*/g, '')
      const type = 'MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8'
      return `${headers}\n${type}\nContent-Transfer-Encoding: ${encoding}\n\n${body(mail.slice(at + 2))}\n`
    }
    const quoted = (text: string) =>
      [...Buffer.from(text)]
        .map(byte =>
          byte > 126 || byte === 61 ? `=${byte.toString(16).toUpperCase()}` : String.fromCharCode(byte),
        )
        .join('')
        .replace(/(a\.c b)/g, '$1=\n')
    const base64 = (text: string) => Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')
    const answer =
      'From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: r@example.org\nSubject: Re: [PATCH 1/2] a: say =?UTF-8?q?=C3=BCber?=\n\n> diff --git a/a.c b/a.c\nNo.\n>From here\n\n'
    const thread = encode(second, 'base64', base64) + answer + encode(first, 'quoted-printable', quoted)
    const { patches, notes, texts } = await read(put('t.mbox.gz', gzipSync(thread)))
    t.match(patches, [{ title: 'a: say über' }, { title: 'b: say two' }])
    t.match(notes, [/left out 'a: say über': an answer$/])
    t.ok(texts[0]?.includes(ADDS_UMLAUT))
    t.ok(texts[1]?.includes(SAYS_TWO))
  },
)

t.test('several files, one after the other; a mail with CRLF; a plain diff', async t => {
  const { git, put, read } = setUp(t)
  const plain = put('b.diff', git('show', 'HEAD'))
  const mail = put(
    '0001.eml',
    git('format-patch', '--stdout', '-1', 'HEAD~1')
      .replace(/^From .*\n/, '')
      .replace(/\n/g, '\r\n'),
  )
  const { patches, texts, notes } = await read(plain, mail)
  t.match(patches, [{ title: 'b' }, { title: 'a: say über' }])
  t.ok(texts[0]?.includes(SAYS_TWO))
  t.ok(texts[1]?.includes(ADDS_UMLAUT))
  t.same(notes, [])
})

t.test('nonsense is an error that names it', async t => {
  const { put, read, file } = setUp(t)
  const nonsense: [string, RegExp][] = [
    [file('none.patch'), /none\.patch is no file$/],
    [put('empty.patch', ''), /empty\.patch: there is no patch in it$/],
    [
      put('words.txt', 'From: me\nSubject: hello\n\nno patch\n'),
      /words\.txt: there is no patch in it\n {2}left out 'hello'/,
    ],
    [put('cut.gz', gzipSync('From: me').subarray(0, 12)), /cut\.gz can't be unpacked: /],
  ]
  for (const [path, message] of nonsense) await t.rejects(read(path), { name: 'CellError', message })
})

t.test('names of files', async t => {
  t.equal(
    slug('iommu/ipmmu-vmsa: Fix crash on early domain free'),
    'iommu-ipmmu-vmsa-Fix-crash-on-early-domain-free',
  )
  t.equal(slug('../../etc'), 'etc')
  t.equal(slug('\u0000 ü'), 'patch')
})
