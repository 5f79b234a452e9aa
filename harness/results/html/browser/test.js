// @ts-check
// A spec on a kernel, a test, its boots.

/** @param {Block} block @param {string} index @param {string} verdict */
function wholeSpec(block, index, verdict) {
  const parts = [el('p', {}, badge(verdict), block.attempts > 1 ? ` after ${block.attempts} attempts` : '')]
  if (block.reason) parts.push(el('p', { class: 'reason' }, block.reason))
  const tests = block.tests.map((test, i) => {
    const open = button(test.title || 'outside of a test', () => {
      const row = rows.findIndex(({ cells }) => cells[at.column]?.dataset.at === `${index}.${i}`)
      if (row === -1) return
      moveTo(row, at.column, false)
      openCell()
    })
    return el('li', {}, badge(test.verdict), ' ', open)
  })
  parts.push(el('ul', { class: 'tests' }, ...tests))
  return parts
}

/** @param {string} verdict */
function badge(verdict) {
  return el('span', { class: `badge ${verdict}` }, verdict)
}

/** @param {TestDetail} test */
async function wholeTest(test) {
  const many = test.boots.length !== 1
  const boots = many ? some(test.boots.length, 'boot') : 'one boot'
  const parts = [el('p', {}, badge(test.verdict), ` in ${test.seconds.toFixed(1)} s, ${boots}`)]
  if (test.reason) parts.push(el('p', { class: 'reason' }, test.reason))
  parts.push(el('h3', { 'data-jump': 'Assertions' }, 'Assertions'))
  if (test.assertions.length === 0) parts.push(el('p', { class: 'quiet' }, 'none'))
  else parts.push(el('ol', { class: 'assertions' }, ...test.assertions.map(assertion)))
  const name = (/** @type {number} */ i) => (many ? `Boot ${i + 1}` : 'Boot')
  parts.push(...(await Promise.all(test.boots.map((boot, i) => wholeBoot(boot, name(i))))))
  return parts
}

/** @param {TestDetail['assertions'][number]} it */
function assertion({ ok, title, diagnostics, directive }) {
  const bad = !ok && directive === null
  const word = ok ? '✓ ok' : bad ? '✗ NOT OK' : '– not ok'
  const item = el('li', { class: bad ? 'bad' : '' }, el('b', {}, word), ' ', title || '(no title)')
  if (directive !== null) item.append(' ', el('span', { class: 'quiet' }, directive))
  if (diagnostics !== null) item.append(el('pre', {}, diagnostics))
  return item
}

/** @param {BootDetail} boot @param {string} name */
async function wholeBoot(boot, name) {
  const { facts } = boot
  const log = el('div', { class: 'console', tabindex: '0', role: 'region', 'aria-label': 'console' })
  /** @param {number} line */
  const link = line => button(`line ${line}`, () => toLine(log, line))
  const box = el('section', { class: 'boot' })
  box.append(el('h3', { 'data-jump': name }, `${name}: `, el('code', {}, boot.folder)))
  const ended = `${boot.reason}, after ${boot.seconds.toFixed(2)} s`
  box.append(list([['ended', ended], ...(facts ? cellPairs(facts) : [])]))
  for (const problem of boot.problems) box.append(el('p', { class: 'reason' }, problem))
  if (facts) {
    for (const oops of facts.report.oopses) box.append(oopsBox(oops, link))
    box.append(...addressTables(facts, link))
  }
  if (boot.console) {
    const bar = el('div', { class: 'tools', 'data-jump': 'Console' }, el('h4', {}, 'Console'))
    box.append(bar, log)
    await fillConsole(log, bar, boot.console, boot.marks)
  }
  if (boot.argv !== null) {
    const pre = el('pre', { class: 'argv', tabindex: '0' }, boot.argv)
    const copy = button('Copy', () => void copyText(pre, copy))
    box.append(el('div', { class: 'tools', 'data-jump': 'Command' }, el('h4', {}, 'Command'), copy), pre)
  }
  if (boot.trace) box.append(...traceParts(boot.trace))
  return box
}

/** @param {HTMLElement} pre @param {HTMLElement} copy */
async function copyText(pre, copy) {
  window.getSelection()?.selectAllChildren(pre)
  try {
    await navigator.clipboard.writeText(pre.textContent ?? '')
    copy.textContent = 'Copied'
  } catch {
    copy.textContent = 'Selected: Ctrl+C copies it'
  }
}
