// @ts-check
// What report.json and trace.jsonl say of a boot.

/** @typedef {NonNullable<BootDetail['facts']>} Facts */

/** How many rows a table of addresses shows. */
const MOST_ROWS = 60

/** @param {Facts} facts @returns {[string, string][]} */
function cellPairs({ cell, kernel, report, notObserved }) {
  const overlays = cell.overlays.join(' ') || 'none'
  /** @type {[string, string][]} */
  const pairs = [
    ['kernel', [`linux ${kernel.version}`, ...cell.faults].join(' + ')],
    ['Image', `sha256 ${kernel.sha256}`],
    ['board', `${Number(cell.memory) / 2 ** 20} MiB, ${some(cell.cpus, 'cpu')}, overlays: ${overlays}`],
  ]
  if (cell.bootargs) pairs.push(['bootargs', cell.bootargs])
  if (report.machine) pairs.push(['machine', report.machine])
  if (report.disk) pairs.push(['disk', report.disk.ok ? 'data right' : 'data WRONG'])
  for (const { fact, why } of notObserved) pairs.push(['not observed', `${fact}: ${why}`])
  return pairs
}

/** @param {{ symbol: string, offset: string, size: string } | null} ref */
function symbol(ref) {
  return ref ? `${ref.symbol}+${ref.offset}/${ref.size}` : 'not printed'
}

/** @param {Facts['report']['oopses'][number]} oops @param {(line: number) => Node} link */
function oopsBox(oops, link) {
  /** @type {[string, Node | string][]} */
  const pairs = [
    ['kind', oops.kind],
    ['address', oops.address ?? 'none'],
    ['pc', symbol(oops.pc)],
    ['lr', symbol(oops.lr)],
    ['on', `cpu ${oops.cpu ?? '?'}, ${oops.comm ?? '?'}[${oops.pid ?? '?'}]`],
    ['tainted', oops.tainted ?? 'not printed'],
  ]
  if (oops.workqueue) pairs.push(['workqueue', oops.workqueue])
  if (oops.hardware) pairs.push(['hardware', oops.hardware])
  if (!oops.ended) pairs.push(['end', 'its end line was never printed'])
  return el(
    'section',
    { class: 'oops', 'data-jump': 'Oops' },
    el('h4', {}, oops.title, ' ', link(oops.line)),
    list(pairs),
    el('h5', {}, 'Call trace'),
    el('pre', { tabindex: '0' }, oops.callTrace.map(symbol).join('\n') || 'none printed'),
  )
}

/** @param {Facts} facts @param {(line: number) => Node} link */
function addressTables({ report }, link) {
  const { iommu, pageTables, dma } = report
  const pages = pageTables.map(({ device, phys, dma, size, bounced, line }) => [
    device,
    phys,
    dma,
    size,
    bounced ? 'bounced' : 'direct',
    link(line),
  ])
  const said = [
    ...iommu.errors.map(({ device, message, line }) => ({ device, message, line })),
    ...iommu.faults.map(({ device, status, iova, line }) => {
      return { device, message: `fault at iova ${iova}, status ${status}`, line }
    }),
    ...iommu.contexts.map(({ device, context, line }) => ({ device, message: `context ${context}`, line })),
    ...iommu.groups.map(({ device, group, line }) => ({ device, message: `IOMMU group ${group}`, line })),
    ...dma.map(({ device, message, line }) => ({ device, message, line })),
  ].sort((a, b) => a.line - b.line)
  return [
    ...tableOf('Page tables', ['device', 'phys', 'dma', 'size', '', ''], pages),
    ...tableOf(
      'IOMMU and DMA',
      ['device', 'said', ''],
      said.map(({ device, message, line }) => [device ?? '', message, link(line)]),
    ),
  ]
}

/** @param {string} title @param {string[]} head @param {(Node | string)[][]} all */
function tableOf(title, head, all) {
  if (all.length === 0) return []
  const more = all.length - MOST_ROWS
  const shown = all.slice(0, MOST_ROWS).map(row => el('tr', {}, ...row.map(item => el('td', {}, item))))
  const names = head.map(name => (name ? el('th', { scope: 'col' }, name) : el('td', {})))
  const table = el('table', {}, el('thead', {}, el('tr', {}, ...names)), el('tbody', {}, ...shown))
  const parts = [el('h4', {}, title), el('div', { class: 'wide' }, table)]
  if (more > 0) parts.push(el('p', { class: 'quiet' }, `and ${more} more, in report.json`))
  return parts
}

/** @param {TraceExcerpt} trace */
function traceParts({ total, shown, counts, lines }) {
  const pre = el('pre', { class: 'trace', tabindex: '0' })
  for (const line of lines) {
    if ('left' in line) pre.append(el('span', { class: 'gap' }, `… ${line.left}\n`))
    else pre.append(line.bad ? el('span', { class: 'bad' }, `${line.text}\n`) : `${line.text}\n`)
  }
  const most = shown < total ? `; ${shown} of ${total} events shown, all are in trace.jsonl` : ''
  const words = total === 0 ? 'no device did anything' : counts.join(', ') + most
  const title = el('h4', {}, 'Device trace')
  const bar = el(
    'div',
    { class: 'tools', 'data-jump': 'Trace' },
    title,
    el('span', { class: 'quiet' }, words),
  )
  return total === 0 ? [bar] : [bar, pre]
}
