// @ts-check
/**
 * What the page does in the browser: move in the grid, filter it, open a cell. No framework, nothing loaded; all text
 * is set as text. assets.ts puts these files into one, in the order of its table.
 *
 * @import { Block, BootDetail, Mark, TestDetail, TraceExcerpt } from '../detail.ts'
 */

// The page's elements, and how new ones are made.

/** @type {<T extends HTMLElement>(id: string) => T} */
const byId = id => /** @type {any} */ (document.getElementById(id))
const table = /** @type {HTMLTableElement} */ (document.querySelector('[role=grid]'))

/** The grid as arrays: rows and columns that the filter hides are still in them. */
const kernels = [...(table.tHead?.rows[0]?.cells ?? [])].slice(1).map(th => th.dataset.kernel ?? '')
const rows = [...(table.tBodies[0]?.rows ?? [])].map(tr => ({
  tr,
  id: tr.dataset.id ?? '',
  spec: tr.className === 'spec',
  cells: [...tr.cells].slice(1),
}))

/**
 * An element with text and elements in it; never HTML.
 * @param {string} tag @param {Record<string, string>} attributes @param {(Node | string)[]} children
 */
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

/** @param {string} text @param {() => void} act */
function button(text, act) {
  const made = el('button', { type: 'button' }, text)
  made.addEventListener('click', act)
  return made
}

/** @param {[string, Node | string][]} pairs */
function list(pairs) {
  return el('dl', {}, ...pairs.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]))
}

/** @param {number} n @param {string} noun */
function some(n, noun) {
  return `${n} ${n === 1 ? noun : noun + 's'}`
}
