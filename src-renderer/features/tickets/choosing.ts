import { useCallback, useRef } from 'react'
import { MAX_CHOSEN } from '../../../src-shared/domain/bulk.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { NOTHING_CHOSEN } from '../../tenant/memory.ts'
import type { ListRequest } from '../../tenant/queries.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import type { Rows } from './use-rows.ts'

const TOO_MANY = `At most ${MAX_CHOSEN.toLocaleString('en')} tickets can be chosen: the first of them are chosen.`

/** Chooses tickets of a list for a change of many. They stay chosen by their ids, wherever the list moves them. */
export interface Choosing {
  toggle(index: number): void
  /** From the last ticket chosen to this one. */
  chooseTo(index: number): void
  /** A row and its neighbour; back over a chosen neighbour it lets go of the row. */
  extend(from: number, to: number): void
  chooseAll(): void
  click(index: number, range: boolean): void
}

/** @param request the list on screen, with what is searched in it */
export function useChoosing(
  tenant: Tenant,
  rows: Rows,
  request: ListRequest & { text: string; order: 'newest' | 'rank' },
): Choosing {
  const { chosen, selected } = tenant.memory
  const undo = useUndo()
  const anchor = useRef(0)
  const latest = useRef({ rows, request })
  latest.current = { rows, request }

  const put = (ids: Iterable<string>): void => {
    const next = new Set([...chosen.get(), ...ids])
    if (next.size <= MAX_CHOSEN) return chosen.set(next)
    chosen.set(new Set([...next].slice(0, MAX_CHOSEN)))
    undo.fail(TOO_MANY)
  }
  const toggle = (index: number): void => {
    const id = latest.current.rows.at(index)?.id
    if (id === undefined) return
    anchor.current = index
    const next = new Set(chosen.get())
    if (!next.delete(id)) return put([id])
    chosen.set(next.size === 0 ? NOTHING_CHOSEN : next)
  }
  /** Ids of rows from one place to another; asked for where the rows between were never on screen. */
  const between = async (from: number, to: number): Promise<string[]> => {
    const { rows: now, request: list } = latest.current
    const ids: (string | undefined)[] = []
    for (let i = from; i <= to; i++) if (!now.sectionAt(i)) ids.push(now.at(i)?.id)
    if (ids.every((id) => id !== undefined)) return ids
    if (now.arranged) return now.arranged.idsBetween(from, to)
    return (await tenant.client.tickets.ids.query({ ...list, limit: Math.min(to + 1, MAX_CHOSEN) })).slice(from)
  }
  const choose = (from: number, to: number): void => {
    between(Math.min(from, to), Math.max(from, to)).then(put, (error: unknown) =>
      undo.fail(`The tickets were not chosen. ${problemFrom(error).message}`),
    )
  }
  const click = useCallback((index: number, range: boolean) => {
    const id = latest.current.rows.at(index)?.id
    if (id !== undefined) selected.set({ id, index })
    if (range) choose(anchor.current, index)
    else toggle(index)
    // All that it uses stays the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])
  return {
    toggle,
    chooseTo: (index) => choose(anchor.current, index),
    extend(from, to) {
      const [row, next] = [rows.at(from)?.id, rows.at(to)?.id]
      if (row === undefined || next === undefined) return
      const back = row !== next && chosen.get().has(row) && chosen.get().has(next)
      if (back) toggle(from)
      else put([row, next])
      anchor.current = to
    },
    chooseAll() {
      const { rows: now, request: list } = latest.current
      const last = now.total - 1
      const here = !now.arranged && now.complete && now.at(0) && now.at(last)
      const all = here ? between(0, last) : tenant.client.tickets.ids.query({ ...list, limit: MAX_CHOSEN })
      all.then(
        (ids) => {
          put(ids)
          if (ids.length >= MAX_CHOSEN && now.tickets > MAX_CHOSEN) undo.fail(TOO_MANY)
        },
        (error: unknown) => undo.fail(`The tickets were not chosen. ${problemFrom(error).message}`),
      )
    },
    click,
  }
}
