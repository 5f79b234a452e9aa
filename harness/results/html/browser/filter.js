// @ts-check
// Filtering by verdict and by words: cells that don't match are blank, rows and columns without a match are hidden.

const filter = /** @type {HTMLInputElement} */ (byId('filter'))
const chips = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('[name=verdict]'))
const columnSheet = new CSSStyleSheet()
document.adoptedStyleSheets = [columnSheet]

/** @type {string[][] | undefined} */
let texts

/** What words are looked for in, for each cell: kernel, spec, test, addresses, oops; not its time. */
function searchTexts() {
  texts ??= rows.map(({ id, tr, cells }) => {
    const title = tr.cells[0]?.textContent
    return cells.map((cell, column) => {
      const parts = [...cell.children].filter(part => part.tagName !== 'TIME').map(part => part.textContent)
      return [kernels[column], id, title, ...parts].join(' ').toLowerCase()
    })
  })
  return texts
}

/** Which cells match; null if all do. A word that is a kernel's name means that kernel: 6.1 is not 6.12. */
function matcher() {
  const verdicts = new Set([...chips].filter(chip => chip.checked).map(chip => chip.value))
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean)
  if (verdicts.size === 0 && words.length === 0) return null
  const names = kernels.map(name => name.toLowerCase())
  const exact = words.filter(word => names.includes(word))
  const rest = words.filter(word => !names.includes(word))
  const search = searchTexts()
  return (/** @type {HTMLElement} */ cell, /** @type {number} */ row, /** @type {number} */ column) => {
    const verdict = cell.classList[0] ?? ''
    if (verdicts.size === 0 ? verdict === 'none' : !verdicts.has(verdict)) return false
    if (exact.length > 0 && !exact.includes(names[column] ?? '')) return false
    return rest.every(word => search[row]?.[column]?.includes(word))
  }
}

function applyFilter() {
  const matches = matcher()
  const used = new Set()
  const found = { tests: 0, of: 0 }
  /** @type {HTMLElement | undefined} */
  let spec
  for (const [i, row] of rows.entries()) {
    let any = matches === null
    for (const [column, cell] of row.cells.entries()) {
      const match = matches === null || matches(cell, i, column)
      if (cell.classList.contains('out') === match) cell.classList.toggle('out', !match)
      if (match) used.add(column)
      any ||= match
      if (row.spec || cell.classList.contains('none')) continue
      found.of++
      if (match) found.tests++
    }
    row.tr.hidden = !any
    if (row.spec) spec = row.tr
    else if (any && spec) spec.hidden = false
  }
  hideColumns(used)
  byId('nothing').hidden = used.size > 0
  say(matches === null ? '' : `${found.tests} of ${some(found.of, 'test')}`)
  if (!rowVisible(at.row) || cellAt()?.classList.contains('out')) toFirstMatch()
}

/** The cell in the tab order is one that is seen: the first test that matches, or a spec. */
function toFirstMatch() {
  for (const specs of [false, true]) {
    for (const [i, { tr, spec, cells }] of rows.entries()) {
      const column =
        tr.hidden || spec !== specs ? -1 : cells.findIndex(cell => !cell.classList.contains('out'))
      if (column !== -1) return moveTo(i, column, false)
    }
  }
}

/** @param {Set<number>} used */
function hideColumns(used) {
  hiddenColumns.clear()
  for (const column of kernels.keys()) if (used.size > 0 && !used.has(column)) hiddenColumns.add(column)
  const rules = [...hiddenColumns].map(i => `[role=grid] tr > :nth-child(${i + 2}) { display: none }`)
  columnSheet.replaceSync(rules.join('\n'))
  document.documentElement.style.setProperty('--kernels', String(kernels.length - hiddenColumns.size))
}

/** @param {string} text */
function say(text) {
  byId('shown').textContent = text
}

filter.form?.addEventListener('submit', event => event.preventDefault())
filter.form?.addEventListener('input', applyFilter)
filter.addEventListener('keydown', event => {
  if (event.key === 'Escape') {
    filter.value = ''
    applyFilter()
  } else if (event.key !== 'Enter' && event.key !== 'ArrowDown') return
  event.preventDefault()
  moveTo(at.row, at.column)
})
