import type { NewView, SavedView } from '../../src-shared/domain/saved-view.ts'
import { keyOf, type Profile } from './profile.ts'
import { idOf } from './random.ts'

/** Views that everybody at a client sees, in the client's own words. */
export function viewsOf({ slug, statuses, priorities }: Profile): SavedView[] {
  const waiting = statuses.filter(({ category }) => category === 'waiting').map(({ label }) => keyOf(label))
  const [urgent = ''] = priorities
  const views: Pick<NewView, 'name' | 'filter' | 'sort'>[] = [
    {
      name: 'Nobody’s yet',
      filter: { open: true, assignees: [null] },
      sort: { by: 'created', direction: 'ascending' },
    },
    {
      name: `${urgent}, by due time`,
      filter: { open: true, priorities: [keyOf(urgent)] },
      sort: { by: 'due', direction: 'ascending' },
    },
    ...(waiting.length === 0
      ? []
      : [
          {
            name: 'Waiting longest',
            filter: { statuses: waiting },
            sort: { by: 'updated', direction: 'ascending' } as const,
          },
        ]),
  ]
  return views.map((view, i) => ({ id: idOf(`${slug}/view/${i + 1}`), ownerId: null, columns: [], ...view }))
}
