import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { giveImage, imageVersion, needImageKernel, needLabels } from './image-given.ts'
import { progressOn } from './progress.ts'

function fakeImage(banner = 'Linux version 6.9.0-rc1 (me@here)') {
  const image = Buffer.alloc(128)
  image.write('ARM\x64', 0x38, 'latin1')
  return Buffer.concat([image, Buffer.from(banner)])
}

function fakeDtb(node = '__symbols__') {
  const header = Buffer.alloc(40)
  header.writeUInt32BE(0xd00dfeed)
  return Buffer.concat([header, Buffer.from(`\0\0\0\x01${node}\0`, 'latin1')])
}

t.test('a prebuilt kernel is copied, named after its version, and takes no faults', async t => {
  const dir = t.testdir({})
  const files = { image: join(dir, 'Image'), dtb: join(dir, 'x.dtb') }
  writeFileSync(files.image, fakeImage())
  writeFileSync(files.dtb, fakeDtb())
  const progress = progressOn({ write: () => true })
  const root = join(dir, 'cache')
  const context = { root, progress, signal: new AbortController().signal, update: false }
  const given = await giveImage(context, files)
  t.match(given, { kind: 'image', name: 'Image-6.9.0-rc1', version: '6.9.0-rc1' })
  writeFileSync(files.image, 'overwritten')
  const kernel = needImageKernel(root, given, [])
  t.same(readFileSync(kernel.image), fakeImage())
  t.match(kernel, {
    version: '6.9.0-rc1',
    sha256: /^[0-9a-f]{64}$/,
    notObserved: [{ fact: 'pageTables' }, { fact: 'probe' }],
  })
  writeFileSync(
    files.image,
    Buffer.concat([fakeImage(), Buffer.from('dmaspec: page table pages=0x%px dmaspec,dmaprobe')]),
  )
  t.same(needImageKernel(root, await giveImage(context, files), []).notObserved, [], 'one with all of ours')
  t.throws(() => needImageKernel(root, given, ['map-readonly']), {
    name: 'UnavailableError',
    message: 'Image-6.9.0-rc1 is a prebuilt Image: no fault can be compiled into it',
  })
  t.throws(() => needImageKernel(join(dir, 'other'), given, []), { name: 'ImageError' })
  await t.rejects(giveImage(context, { ...files, dtb: join(dir, 'none') }), { name: 'CellError' })
})

t.test('what is no Image and no tree is a CellError that says what is wrong', async t => {
  const says = (message: RegExp) => ({ name: 'CellError', message })
  t.throws(
    () => imageVersion(Buffer.from([0x1f, 0x8b, 8]), 'Image.gz'),
    says(/^Image\.gz is compressed: gunzip/),
  )
  t.throws(() => imageVersion(Buffer.from('MZ'), 'x'), says(/^x is no arm64 Image/))
  t.throws(() => imageVersion(Buffer.alloc(0), 'x'), says(/^x is no arm64 Image/))
  t.throws(() => imageVersion(fakeImage('nothing'), 'x'), says(/no 'Linux version'/))
  t.throws(() => needLabels(Buffer.from('text'), 'x'), says(/^x is no device tree blob$/))
  t.throws(() => needLabels(fakeDtb('aliases'), 'x.dtb'), says(/DTC_FLAGS=-@ x\.dtb$/))
})
