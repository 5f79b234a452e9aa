/**
 * The module, as a URL, that lets spec files from anywhere import `tap` and `dmaspec`: the very ones that run them, for
 * another tap would report to nobody. A spec is read as an ES module, whatever the package.json above it says.
 */
export function resolveHook(index: string): string {
  const source = `
    const index = ${JSON.stringify(index)}
    export async function resolve(specifier, context, next) {
      if (specifier === 'dmaspec') return next(index, context)
      if (specifier === 'tap') return next('tap', { ...context, parentURL: index })
      const found = await next(specifier, context)
      return /[?&]cell=\\d+$/.test(specifier) ? { ...found, format: 'module' } : found
    }`
  return `data:text/javascript,${encodeURIComponent(source)}`
}
