/**
 * The module, as a URL, that lets spec files from anywhere import `tap` and `dmaspec`: the very ones that run them, for
 * another tap would report to nobody. A spec is read as an ES module, whatever the package.json above it says.
 *
 * `own` has the URLs of what dmaspec is imported by: `dmaspec`, `dmaspec/report`. dmaspec's own specs, in `specs`, name
 * its sources, which the package does not have: they get `dmaspec` for them.
 */
export function resolveHook(
  own: Readonly<Record<'dmaspec' | 'dmaspec/report', string>>,
  specs: string,
): string {
  const source = `
    const own = new Map(Object.entries(${JSON.stringify(own)}))
    const isOurs = url => url?.startsWith(${JSON.stringify(specs)})
    export async function resolve(specifier, context, next) {
      if (own.has(specifier)) return next(own.get(specifier), context)
      if (specifier === 'tap') return next('tap', { ...context, parentURL: own.get('dmaspec') })
      if (specifier === '../harness/index.ts' && isOurs(context.parentURL)) return next(own.get('dmaspec'), context)
      const found = await next(specifier, context)
      return /[?&]cell=\\d+$/.test(specifier) ? { ...found, format: 'module' } : found
    }`
  return `data:text/javascript,${encodeURIComponent(source)}`
}
