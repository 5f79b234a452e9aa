// @ts-check
// The rest of the page: `/`, the keys, colours; and the cell that a link names.

document.addEventListener('keydown', event => {
  const typing = event.target === filter
  if (event.key !== '/' || typing || dialog.open || event.ctrlKey || event.altKey || event.metaKey) return
  event.preventDefault()
  filter.focus()
  filter.select()
})

const keys = byId('keys')
keys.addEventListener('click', () => {
  const help = byId('help')
  help.hidden = !help.hidden
  keys.setAttribute('aria-expanded', String(!help.hidden))
})

const SCHEMES = ['system', 'light', 'dark']
const KEPT_AS = 'dmaspec-colours'
const colours = byId('colours')

/** @param {string | undefined} scheme */
function setColours(scheme = 'system') {
  document.documentElement.style.colorScheme = scheme === 'system' ? '' : scheme
  colours.textContent = `Colours: ${scheme}`
  colours.dataset.scheme = scheme
}

colours.addEventListener('click', () => {
  setColours(SCHEMES[(SCHEMES.indexOf(colours.dataset.scheme ?? 'system') + 1) % SCHEMES.length])
  try {
    localStorage.setItem(KEPT_AS, colours.dataset.scheme ?? '')
  } catch {
    // A page from a file may have no storage: then it is forgotten.
  }
})
try {
  const kept = localStorage.getItem(KEPT_AS)
  if (kept !== null && SCHEMES.includes(kept)) setColours(kept)
} catch {
  // As above.
}

moveTo(0, 0, false)
showLinked()
