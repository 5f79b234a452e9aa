// @ts-check
// Moving in the grid: one cell is in the tab order, arrow keys say which.

let at = { row: 0, column: 0 }

/** Columns that the filter hides. @type {Set<number>} */
const hiddenColumns = new Set()

function cellAt() {
  return rows[at.row]?.cells[at.column]
}

/** @param {number} row @param {number} column */
function moveTo(row, column, focus = true) {
  const old = cellAt()
  if (old) old.tabIndex = -1
  at = { row, column }
  const cell = cellAt()
  if (!cell) return
  cell.tabIndex = 0
  if (focus) cell.focus()
}

/** @param {number} i */
function rowVisible(i) {
  return !rows[i]?.tr.hidden
}

/** @param {number} i */
function columnVisible(i) {
  return !hiddenColumns.has(i)
}

/**
 * The index that is `by` visible ones further, or the last there is.
 * @param {number} from @param {number} by @param {number} count @param {(i: number) => boolean} visible
 */
function step(from, by, count, visible) {
  let found = from
  const one = Math.sign(by)
  for (let i = from + one, left = Math.abs(by); i >= 0 && i < count && left > 0; i += one) {
    if (!visible(i)) continue
    found = i
    left--
  }
  return found
}

const firstRow = () => step(-1, 1, rows.length, rowVisible)
const lastRow = () => step(rows.length, -1, rows.length, rowVisible)
const firstColumn = () => step(-1, 1, kernels.length, columnVisible)
const lastColumn = () => step(kernels.length, -1, kernels.length, columnVisible)

/** @param {number} by */
function rowBy(by) {
  moveTo(step(at.row, by, rows.length, rowVisible), at.column)
}

/** @param {number} by */
function columnBy(by) {
  moveTo(at.row, step(at.column, by, kernels.length, columnVisible))
}

/** How many rows are a page, roughly. */
function page() {
  return Math.max(1, Math.floor(byId('grid').clientHeight / 64) - 1)
}

const FINE = new Set(['passed', 'skipped', 'none', 'elsewhere'])

/** To the next or the previous cell that did not pass, row by row. @param {1 | -1} by */
function toProblem(by) {
  const width = kernels.length
  for (let i = at.row * width + at.column + by; i >= 0 && i < rows.length * width; i += by) {
    const [row, column] = [Math.floor(i / width), i % width]
    const cell = rows[row]?.cells[column]
    if (!cell || !rowVisible(row) || !columnVisible(column) || cell.classList.contains('out')) continue
    if (!FINE.has(cell.classList[0] ?? '')) return moveTo(row, column)
  }
}

/** @type {Record<string, (event: KeyboardEvent) => void>} */
const gridKeys = {
  ArrowUp: () => rowBy(-1),
  ArrowDown: () => rowBy(1),
  ArrowLeft: () => columnBy(-1),
  ArrowRight: () => columnBy(1),
  PageUp: () => rowBy(-page()),
  PageDown: () => rowBy(page()),
  Home: ({ ctrlKey }) => moveTo(ctrlKey ? firstRow() : at.row, firstColumn()),
  End: ({ ctrlKey }) => moveTo(ctrlKey ? lastRow() : at.row, lastColumn()),
  Enter: () => openCell(),
  ' ': () => openCell(),
  n: () => toProblem(1),
  p: () => toProblem(-1),
}

table.addEventListener('keydown', event => {
  const plain = !event.altKey && !event.metaKey && (!event.ctrlKey || /^(Home|End)$/.test(event.key))
  const act = plain && Object.hasOwn(gridKeys, event.key) ? gridKeys[event.key] : undefined
  if (!act) return
  event.preventDefault()
  act(event)
})

/** One listener for all cells. @param {Event} event */
function placeOf(event) {
  const cell = event.target instanceof Element ? event.target.closest('td') : null
  const tr = cell?.closest('tr')
  return cell && tr ? { row: tr.sectionRowIndex, column: cell.cellIndex - 1 } : null
}

table.addEventListener('focusin', event => {
  const place = placeOf(event)
  if (place && (place.row !== at.row || place.column !== at.column)) moveTo(place.row, place.column, false)
})

table.addEventListener('click', event => {
  const place = placeOf(event)
  // Who selects an address to copy it doesn't want the cell opened.
  if (!place || String(window.getSelection())) return
  moveTo(place.row, place.column)
  openCell()
})
