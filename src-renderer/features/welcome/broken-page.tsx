import type { Problem } from '../../../src-shared/problem.ts'
import { PageFrame } from './page-frame.tsx'

/** The profile cannot be used as it is. Nothing here changes or deletes anything. */
export function BrokenPage({ problem }: { problem: Problem }) {
  return (
    <PageFrame title="This profile cannot be opened" lead={problem.message}>
      <p>Nothing was changed or deleted.</p>
    </PageFrame>
  )
}
