import { useQuery } from '@tanstack/react-query'
import { useLayoutEffect } from 'react'
import { useTenant } from '../../tenant/context.tsx'
import { placeQuery, type ListRequest } from '../../tenant/queries.ts'
import { useStore } from '../../ui/store.ts'
import { placeNear } from './list-commands.ts'
import type { Steady } from './steady.ts'
import type { Rows } from './use-rows.ts'

/**
 * Finds the selected row again where many rows came or went at once, or while another client was on screen: the
 * selection then has its new index, and the list follows it. A row under the pointer goes before it.
 * @param searching whether the rows are hits of a search, which has no places
 */
export function useLostSelection(rows: Rows, request: ListRequest, searching: boolean, { pointing }: Steady): void {
  const tenant = useTenant()
  const { selected } = tenant.memory
  const { id, index } = useStore(selected)
  const near = id ? placeNear(rows, id, index) : index
  const lost = near === null && rows.complete && (index >= rows.total || rows.at(index) !== undefined)
  const asked = useQuery({
    ...placeQuery(tenant, request, id ?? ''),
    enabled: lost && !searching,
  })
  const to = lost ? (asked.data ?? null) : near
  useLayoutEffect(() => {
    const now = selected.get()
    if (pointing()) return
    if (to !== null && now.id === id && now.index === index && to !== index) selected.set({ id, index: to })
  }, [selected, id, index, to, pointing])
}
