/** What editors leave beside a file while they save it: no change of anybody's. */
const editors: readonly { by: string; name: RegExp }[] = [
  { by: 'vim, whose name for a trial write is 4913', name: /^(\..*\.sw[a-px]|4913)$/ },
  { by: 'emacs', name: /^(\.#.*|#.*#)$/ },
  { by: 'most', name: /~$/ },
  { by: 'kate, gedit, JetBrains', name: /^(\.goutputstream-.*|.*\.kate-swp|.*___jb_(tmp|old)___)$/ },
  { by: 'patch(1)', name: /\.(orig|rej)$/ },
]

/** Whether a file of that name is never worth a look; what a tree itself ignores is git's to say. */
export function isIgnored(name: string): boolean {
  return editors.some(row => row.name.test(name))
}
