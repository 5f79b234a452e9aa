// @ts-check
// The console of an open cell, and its marks.

/**
 * @param {HTMLElement} log @param {HTMLElement} bar
 * @param {{ block: number, index: number }} place @param {Mark[]} marks
 */
async function fillConsole(log, bar, place, marks) {
  const excerpt = (await unpack(place.block)).consoles[place.index]
  if (!excerpt) return
  /** @type {Map<number, Mark>} */
  const byLine = new Map()
  for (const mark of marks) {
    for (let i = 0; i < mark.count; i++) if (!byLine.has(mark.line + i)) byLine.set(mark.line + i, mark)
  }
  let next = 1
  for (const { from, lines } of excerpt.parts) {
    if (from > next) log.append(el('p', { class: 'gap' }, `… ${from - next} lines, in console.log`))
    lines.forEach((text, i) => log.append(consoleLine(from + i, text, byLine.get(from + i))))
    next = from + lines.length
  }
  const more = marks.length > 0 ? `, ${some(marks.length, 'mark')}` : ''
  if (marks.length > 0) {
    const to = (/** @type {1 | -1} */ by) => () => toMark(by, log)
    bar.append(button('Previous (p)', to(-1)), button('Next (n)', to(1)))
  }
  bar.append(el('span', { class: 'quiet' }, some(excerpt.total, 'line') + more))
}

/** @param {number} number @param {string} text @param {Mark | undefined} mark */
function consoleLine(number, text, mark) {
  const line = el('div', { 'data-n': String(number) }, text || ' ')
  if (!mark) return line
  line.className = mark.line === number ? `${mark.tone} first` : mark.tone
  if (mark.line === number) line.dataset.label = mark.label
  return line
}

function consolesShown() {
  return /** @type {HTMLElement[]} */ ([...body.querySelectorAll('.console')])
}

/** What a reader looks for first: what went wrong, else the first fact. @param {HTMLElement} log */
function showFirstMark(log) {
  const mark = log.querySelector('.bad') ?? log.querySelector('.first')
  if (mark instanceof HTMLElement) log.scrollTop = mark.offsetTop - log.offsetTop - log.clientHeight / 3
}

/** @param {HTMLElement} log @param {number} number */
function toLine(log, number) {
  const line = log.querySelector(`[data-n="${number}"]`)
  if (line instanceof HTMLElement) point(line)
}

/** @param {HTMLElement} line */
function point(line) {
  for (const old of body.querySelectorAll('.here')) old.classList.remove('here')
  line.classList.add('here')
  line.scrollIntoView({ block: 'center', inline: 'nearest' })
}

/** To the next or the previous mark, of this console or of all. @param {1 | -1} by @param {HTMLElement} [log] */
function toMark(by, log) {
  const marks = [...(log ?? body).querySelectorAll('.first')]
  const here = marks.findIndex(mark => mark.classList.contains('here'))
  const next = here === -1 ? (by === 1 ? 0 : -1) : (here + by) % marks.length
  const mark = marks.at(next)
  if (mark instanceof HTMLElement) point(mark)
}
