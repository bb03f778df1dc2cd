import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** One TypeScript project per side: what a side may not know, its project does not contain. */
const PROJECTS = ['.', 'src-shared', 'src-main', 'src-preload', 'src-cloud', 'src-renderer', 'packaging', 'test']
const ROOT = join(import.meta.dirname, '..')

let failed = false
for (const project of PROJECTS) {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  const checked = spawnSync(process.execPath, [tsc, '-p', project], { cwd: ROOT, stdio: 'inherit' })
  if (checked.status !== 0) failed = true
}
process.exit(failed ? 1 : 0)
