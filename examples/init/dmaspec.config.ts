import { defineConfig } from 'dmaspec'

export default defineConfig({
  // What `dmaspec run` runs here.
  specs: ['specs'],
  // Cells name these overlays as they name dmaspec's own.
  overlays: 'dts',
})
