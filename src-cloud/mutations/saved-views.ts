import type { SavedView } from '../../src-shared/domain/saved-view.ts'
import type { BodyOf } from '../../src-shared/protocol/mutation.ts'
import type { Desk, Held } from './desk.ts'
import { updateFields } from './fields.ts'
import { applied, rejected, STRANGER, type Outcome } from './outcome.ts'

const GONE = rejected('not-found', 'This view does not exist (any more).')
const ANOTHERS = rejected('not-allowed', 'This view belongs to another technician. Keep one of your own.')
const FOR_ANOTHER = rejected('not-allowed', 'A view is your own or everybody’s, never another technician’s.')

export function createView(desk: Desk, { viewId, view }: BodyOf<'view.create'>): Outcome {
  if (!desk.author) return STRANGER
  const known = desk.get('view', viewId)
  if (known) return known.deleted ? GONE : applied([`view/${viewId}`], known.version)
  if (!mayBeOf(desk, view.ownerId)) return FOR_ANOTHER
  desk.create('view', viewId, { id: viewId, ...view })
  return applied([`view/${viewId}`], 0)
}

export function updateView(desk: Desk, body: BodyOf<'view.update'>): Outcome {
  const known = ownView(desk, body.viewId)
  if ('result' in known) return known
  if (known.deleted) return GONE
  return updateFields(desk, 'view', known, body, ({ ownerId }) =>
    mayBeOf(desk, ownerId as string | null | undefined) ? null : FOR_ANOTHER,
  )
}

/** Whatever others did to it meanwhile. */
export function deleteView(desk: Desk, { viewId }: BodyOf<'view.delete'>): Outcome {
  const known = ownView(desk, viewId)
  if ('result' in known) return known
  if (!known.deleted) desk.put('view', viewId, { ...known, deleted: true })
  return applied([`view/${viewId}`], known.version)
}

/** A view that the technician may change, or why not. */
function ownView(desk: Desk, id: string): Held<SavedView> | Outcome {
  if (!desk.author) return STRANGER
  const known = desk.get('view', id)
  if (!known) return GONE
  return mayBeOf(desk, known.data.ownerId) ? known : ANOTHERS
}

function mayBeOf(desk: Desk, ownerId: string | null | undefined): boolean {
  return ownerId == null || ownerId.toLowerCase() === desk.technician
}
