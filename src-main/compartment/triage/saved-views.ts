import { randomUUID } from 'node:crypto'
import type { NewView, SavedView, ViewPatch } from '../../../src-shared/domain/saved-view.ts'
import { OwnLayout, USUAL_LAYOUT, extraColumns } from '../../../src-shared/domain/layout.ts'
import type { SavedViewView } from '../../../src-shared/domain/views.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import type { MutationBody } from '../../../src-shared/protocol/mutation.ts'
import type { Bench } from '../bench.ts'
import { savedViewWith } from '../cache/overlay.ts'
import type { AuditDetail } from '../ledger/audit.ts'
import { flatten } from '../ledger/coalesce.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { subjectOf } from '../ledger/subjects.ts'
import { changeIn } from './edit.ts'

/** How the technician draws lists where no view says otherwise. */
export function readLayout({ layout }: Ledger): OwnLayout {
  if (layout === null) return USUAL_LAYOUT
  try {
    return OwnLayout.parse(JSON.parse(layout))
  } catch {
    // Of a newer console, perhaps: lists are drawn as usual.
    return USUAL_LAYOUT
  }
}

/** The columns whose values rows are to carry. @param columns `own` for those of the technician's own layout */
export function carriedColumns(ledger: Ledger, columns: 'own' | readonly string[] | undefined): string[] {
  return extraColumns(columns === 'own' ? readLayout(ledger).columns : (columns ?? []))
}

/** Lists of tickets that were kept under a name, and what a technician does to them. */
export function savedViews(bench: Bench) {
  const { ledger, technician } = bench.held

  const views = (): SavedViewView[] => {
    const kept = bench.read(({ cache }) => new Map(cache.views.all().map((view) => [view.id, view])))
    const written = ledger.overlaid().map(({ body }) => subjectOf(body))
    const ids = new Set([...kept.keys(), ...written.filter(({ kind }) => kind === 'view').map(({ id }) => id)])
    return [...ids]
      .flatMap((id) => viewOf(kept.get(id) ?? null, id) ?? [])
      .filter(({ ownerId }) => ownerId === null || ownerId === technician.id)
      .sort((x, y) => x.name.localeCompare(y.name) || (x.id < y.id ? -1 : 1))
  }
  const viewOf = (server: SavedView | null, id: string): SavedViewView | null => {
    const pending = ledger.overlay(id)
    const view = savedViewWith(server, pending)
    return view && { ...view, pending: pending.some(({ state }) => state === 'queued') }
  }
  const known = (id: string): SavedView => {
    const found = views().find((view) => view.id === id)
    if (!found) throw new ProblemError('not-found', { what: 'This view' })
    return found
  }
  const write = (body: MutationBody, detail: AuditDetail): SavedViewView[] => {
    ledger.append(body, detail)
    bench.show([body])
    return views()
  }
  return {
    views,

    createView(view: NewView): SavedViewView[] {
      const body = { kind: 'view.create' as const, viewId: randomUUID(), view }
      return write(body, { fields: [...flatten(view).keys()] })
    },

    editView({ id, patch }: { id: string; patch: ViewPatch }): SavedViewView[] {
      const change = changeIn(known(id), patch)
      if (!change) return views()
      return write({ kind: 'view.update', viewId: id, ...change }, { fields: Object.keys(change.patch) })
    },

    setLayout(layout: OwnLayout): void {
      ledger.layout = JSON.stringify(layout)
      bench.tell({ tickets: new Set(), desk: true })
    },

    removeView(id: string): SavedViewView[] {
      known(id)
      return write({ kind: 'view.delete', viewId: id }, {})
    },
  }
}
