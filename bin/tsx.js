// `node --import=dmaspec/tsx`, for tap: specs are TypeScript.
import { register } from 'tsx/esm/api'
register()
