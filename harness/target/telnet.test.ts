import t from 'tap'
import { Telnet } from './telnet.ts'

const text = (written: string) => Buffer.from(written, 'latin1')

t.test('negotiation is answered once, and is no part of what the board says', async t => {
  const telnet = new Telnet()
  // ser2net's greeting: WILL ECHO, WILL SGA, DO BINARY, DO COM-PORT-OPTION
  const said = telnet.feed(text('\xff\xfb\x01\xff\xfb\x03U-\xff\xfd\x00Boot\xff\xfd\x2c \xff\xfb\x01'))
  t.equal(said.data.toString(), 'U-Boot ')
  t.equal(said.reply.toString('latin1'), '\xff\xfd\x01\xff\xfd\x03\xff\xfb\x00\xff\xfc\x2c')
  const more = telnet.feed(text('a\xff\xffb\r\0\xff\xfa\x2c\x01\xff\xf0c\xff\xf1d'))
  t.equal(more.data.toString('latin1'), 'a\xffb\rcd')
  t.equal(telnet.escape(text('x\xffy')).toString('latin1'), 'x\xff\xffy')
})

t.test('a command that comes in pieces is one', async t => {
  const telnet = new Telnet()
  const pieces = ['a\xff', '\xfb', '\x01b\xff\xfa\x2c', 'xyz\xff', '\xf0c'].map(piece =>
    telnet.feed(text(piece)),
  )
  t.equal(pieces.map(({ data }) => data.toString()).join('|'), 'a||b||c')
  t.equal(Buffer.concat(pieces.map(({ reply }) => reply)).toString('latin1'), '\xff\xfd\x01')
})

t.test('a raw port may carry noise', async t => {
  const telnet = new Telnet()
  const noise = '\xff\xf0\xff\xff\xff\xfb\xf7\0a\r\0'
  t.equal(telnet.feed(text(noise)).data.toString('latin1'), noise)
  t.equal(telnet.escape(text('\xff')).toString('latin1'), '\xff')
})
