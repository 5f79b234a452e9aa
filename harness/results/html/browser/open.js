// @ts-check
// Opening a cell: its block is unpacked, and the address names it.

const dialog = /** @type {HTMLDialogElement} */ (byId('detail'))
const body = byId('detail-body')
const jumps = byId('jumps')

/** @type {Map<number, Promise<Block>>} */
const unpacked = new Map()

/** @param {number} index */
function unpack(index) {
  const known = unpacked.get(index)
  if (known) return known
  const read = async () => {
    const bytes = Uint8Array.from(atob(byId(`b${index}`).textContent ?? ''), c => c.charCodeAt(0))
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))
    return /** @type {Block} */ (JSON.parse(await new Response(stream).text()))
  }
  const block = read()
  unpacked.set(index, block)
  return block
}

function openCell() {
  const link = '#' + encodeURI(`${kernels[at.column]}/${rows[at.row]?.id}`)
  if (location.hash === link) void show()
  else location.hash = link
}

/** Shows the cell that the address names: a link to it works tomorrow, too. */
function showLinked() {
  let wanted = location.hash.slice(1)
  try {
    wanted = decodeURIComponent(wanted)
  } catch {
    // Then it is no link of ours.
  }
  if (wanted === '' || wanted === 'grid') {
    if (dialog.open) dialog.close()
    return
  }
  const column = kernels.findIndex(kernel => rows.some(({ id }) => `${kernel}/${id}` === wanted))
  const row = rows.findIndex(({ id }) => `${kernels[column]}/${id}` === wanted)
  if (row === -1) return say(`No cell ${wanted} in this report`)
  moveTo(row, column, !dialog.open)
  void show()
}

let asked = 0

/** Fills the dialog with the cell that is at hand. A slow answer to an older question is dropped. */
async function show() {
  const cell = cellAt()
  const row = rows[at.row]
  if (!cell || !row) return
  const spec = row.id.split('/')[0] ?? ''
  const title = row.spec ? spec : `${spec}: ${row.tr.cells[0]?.textContent}`
  byId('detail-title').textContent = `linux ${kernels[at.column]}, ${title}`
  body.replaceChildren(el('p', { class: 'quiet' }, 'Unpacking…'))
  jumps.replaceChildren()
  if (!dialog.open) dialog.showModal()
  dialog.scrollTop = 0
  const mine = ++asked
  const parts = await partsOf(cell).catch(error => [
    el('p', { class: 'reason' }, `This cell can't be unpacked: ${error}`),
  ])
  if (mine !== asked) return
  body.replaceChildren(...parts)
  for (const heading of body.querySelectorAll('[data-jump]')) {
    const name = heading instanceof HTMLElement ? (heading.dataset.jump ?? '') : ''
    jumps.append(button(name, () => heading.scrollIntoView({ block: 'start' })))
  }
  for (const log of consolesShown()) showFirstMark(log)
}

/** @param {HTMLElement} cell */
async function partsOf(cell) {
  const [index, test] = (cell.dataset.at ?? '').split('.')
  const verdict = cell.classList[0] ?? ''
  if (!index) {
    const words = new Map([
      ['missing', 'It was planned, and no shard reported it.'],
      ['elsewhere', 'It is in another shard.'],
    ])
    return [el('p', {}, words.get(verdict) ?? 'This kernel has no such test.')]
  }
  const block = await unpack(Number(index))
  if (test === undefined) return wholeSpec(block, index, verdict)
  const found = block.tests[Number(test)]
  return found ? wholeTest(found) : []
}

window.addEventListener('hashchange', showLinked)

byId('close').addEventListener('click', () => dialog.close())
dialog.addEventListener('click', event => {
  if (event.target === dialog) dialog.close()
})
dialog.addEventListener('close', () => {
  asked++
  body.replaceChildren()
  try {
    history.replaceState(null, '', location.pathname + location.search)
  } catch {
    location.hash = ''
  }
  moveTo(at.row, at.column)
})
dialog.addEventListener('keydown', event => {
  if (event.altKey || event.ctrlKey || event.metaKey) return
  if (event.key === 'n') toMark(1)
  if (event.key === 'p') toMark(-1)
})
