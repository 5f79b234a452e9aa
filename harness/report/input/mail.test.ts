import t from 'tap'
import { decoded, looksEncoded, withoutMarkup } from './mail.ts'

t.test('quoted-printable is known by what only an encoder writes', async t => {
  for (const line of ['  ESR =3D 0x96000004', 'pgd=3D0000=', 'caf=C3=A9', '> x =3D 1=20'])
    t.equal(looksEncoded(line), true, line)
  const plain = [
    'pgd=0000000000000000, pud=0000',
    'len=20',
    'irq=95',
    'size=2048',
    'a =',
    'no sign',
    'a=3D b=1',
  ]
  for (const line of plain) t.equal(looksEncoded(line), false, line)
})

t.test('it is decoded', async t => {
  t.equal(decoded('  ESR =3D 0x96000004=20'), '  ESR = 0x96000004 ')
  t.equal(decoded('a=C2=A0b =E2=80=98c=E2=80=99'), 'a b  c ')
  t.equal(decoded('goes on ='), 'goes on =', 'the reader joins it')
})

t.test('markup', async t => {
  t.equal(withoutMarkup('&lt;4&gt;[    1.0] a &amp;&amp; b&nbsp;c &#39;d&#39;'), "<4>[    1.0] a && b c 'd'")
  t.equal(withoutMarkup('<span class="alert">[    1.0] x</span><br/>'), '[    1.0] x')
  t.equal(withoutMarkup('<8>[ 1.0] <LAVA_SIGNAL_ENDRUN 0>'), '<8>[ 1.0] <LAVA_SIGNAL_ENDRUN 0>')
  t.equal(withoutMarkup('(&gt->foo){+.+.} <irq> <bad>'), '(&gt->foo){+.+.} <irq> <bad>')
  t.equal(withoutMarkup('can\u2019t \u201cuse\u201d\u00a0it \u2014 \u2026'), `can't "use" it - ...`)
})

t.test('frames of a terminal are those of ASCII', async t => {
  t.equal(withoutMarkup('\u2502 a'), '| a')
})
