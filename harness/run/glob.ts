const TOKENS = /\*\*\/|\*\*|[*?{},]|[^*?{},]+/g

/** Whether a text says more than one path: `*`, `?`, `{a,b}`. */
export function isGlob(text: string): boolean {
  return /[*?{]/.test(text)
}

/** What a glob matches: `*` and `?` stay in one folder, `**` doesn't, `{a,b}` is either. */
export function globPattern(glob: string): RegExp {
  const known: Record<string, string> = {
    '**/': '(?:.*/)?',
    '**': '.*',
    '*': '[^/]*',
    '?': '[^/]',
    '{': '(?:',
    '}': ')',
    ',': '|',
  }
  const isBalanced = glob.split('{').length === glob.split('}').length
  const source = (glob.match(TOKENS) ?? []).map(token => {
    const plain = !isBalanced && /[{},]/.test(token)
    const isListed = token !== ',' || glob.includes('{')
    return (!plain && isListed ? known[token] : undefined) ?? token.replace(/[\\^$.|+()[\]{}*?]/g, '\\$&')
  })
  return new RegExp(`^${source.join('')}$`)
}
