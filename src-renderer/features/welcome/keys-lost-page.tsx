import type { KeyRemedy } from '../../../src-shared/domain/keys.ts'
import type { Problem } from '../../../src-shared/problem.ts'
import { Remedies } from '../keys/remedies.tsx'
import { PageFrame } from './page-frame.tsx'

/** The keys of this profile do not open, or nothing hides them: what happened, and what a person can do. */
export function KeysLostPage({ problem, remedies }: { problem: Problem; remedies: readonly KeyRemedy[] }) {
  const exposed = problem.code === 'keychain-exposed'
  const [first] = remedies
  return (
    <PageFrame
      title={exposed ? 'Nothing here hides your keys' : 'The keys of your clients’ files do not open'}
      lead={problem.message}
    >
      <Remedies remedies={remedies} {...(first ? { first } : {})} />
    </PageFrame>
  )
}
