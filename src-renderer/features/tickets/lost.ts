import { useQuery } from '@tanstack/react-query'
import { useLayoutEffect } from 'react'
import { useArrived, useDispatcher } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { placeQuery, type ListRequest } from '../../tenant/queries.ts'
import { useStore } from '../../ui/store.ts'
import { placeNear, ticketNear } from './list-commands.ts'
import type { Steady } from './steady.ts'
import type { Rows } from './use-rows.ts'

/** Keys wait for it where the selected row is looked for. */
const FOUND = 'the selected row'

/**
 * Finds the selected row again where many rows came or went at once, or while another client was on screen: the
 * selection then has its new index, and the list follows it. Where the row has left the list (it was resolved, say), the
 * selection goes on to the row in its place. A row under the pointer goes before it.
 * @param searching whether the rows are hits of a search, which has no places
 */
export function useLostSelection(rows: Rows, request: ListRequest, searching: boolean, { select }: Steady): void {
  const tenant = useTenant()
  const dispatcher = useDispatcher()
  const { selected, openTicket } = tenant.memory
  const { id, index } = useStore(selected)
  // Beside an open ticket the selection waits for it.
  const inList = useStore(openTicket) === null
  const near = id ? placeNear(rows, id, index) : index
  const lost =
    near === null &&
    rows.complete &&
    (index >= rows.total || rows.at(index) !== undefined || rows.sectionAt(index) !== undefined)
  const { arranged } = rows
  const asked = useQuery({ ...placeQuery(tenant, request, id ?? ''), enabled: lost && !searching && !arranged })
  // A key would go on from a row that is not the selected one.
  const finding = inList && asked.isFetching
  useLayoutEffect(() => {
    if (finding) dispatcher.holdUnlessHeld(FOUND)
  }, [dispatcher, finding])
  useArrived(finding ? null : FOUND)
  const place = arranged ? (lost && id ? arranged.placeOf(id) : undefined) : asked.data
  const gone = lost && (arranged !== null || !searching) && inList && place === null && !asked.isFetching
  const toIndex = gone ? ticketNear(rows, Math.min(index, rows.total - 1)) : ((lost ? place : near) ?? index)
  const toId = gone ? rows.at(toIndex)?.id : id
  useLayoutEffect(() => {
    const now = selected.get()
    if (!toId || now.id !== id || now.index !== index || (toId === id && toIndex === index)) return
    select({ id: toId, index: toIndex })
  }, [selected, select, id, index, toId, toIndex])
}
