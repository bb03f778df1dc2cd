import { QueryObserver } from '@tanstack/react-query'
import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { MAX_ARRANGED, type DraftKind, type TicketRow } from '../../../src-shared/domain/views.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { useArrived, useCommands } from '../../app/commands/use-commands.tsx'
import { useSetting } from '../../app/console/context.tsx'
import { places, useGo } from '../../app/shell/go.ts'
import { useIdentity, useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { NOTHING_CHOSEN, type ListView } from '../../tenant/memory.ts'
import { useFollowPresence } from '../../tenant/presence.ts'
import { ticketQuery } from '../../tenant/queries.ts'
import { counted } from '../../ui/counted.ts'
import { useStore } from '../../ui/store.ts'
import { useAct } from '../ticket/use-act.ts'
import { withText } from '../ticket/entry-mode.ts'
import { useTicketCommands } from '../ticket/ticket-commands.ts'
import { BulkBar } from './bulk-bar.tsx'
import { useChoosing } from './choosing.ts'
import { columnOf, type Column } from './columns.ts'
import { ColumnsDialog, loadExport } from './later.ts'
import { EmptyList } from './empty-list.tsx'
import { InboxTabs } from './inbox-tabs.tsx'
import { ListBar } from './list-bar.tsx'
import { indexOfSelected, ticketNear, useListCommands } from './list-commands.ts'
import classes from './list.module.css'
import { requestOf } from './list-request.ts'
import { ROW_HEIGHT } from './list-size.ts'
import { TicketList } from './ticket-list.tsx'
import { hitsPlace } from './search-field.tsx'
import { sortBy, useListLayout } from './use-layout.ts'
import { hitsQuery, useTicketRows, type Rows } from './use-rows.ts'
import { useSections } from './use-sections.tsx'

/** Width in px from which the ticket stands beside the list; as in client-page.module.css. */
const SPLIT_FROM = 1560
const READ_AHEAD_MS = 60

/** Whether a ticket is over the list, and not beside it. */
function isOver(inList: boolean): boolean {
  return !inList && window.innerWidth < SPLIT_FROM
}

interface TicketsPaneProps {
  /** Only for addresses and for saying which client is on screen; data comes from the scope. */
  tenantId: string
  ticketId: string | undefined
  /** A new ticket is being written in the place of the open one. */
  writing: boolean
}

/** The list of a client's tickets with its filters and keys. */
export const TicketsPane = memo(function TicketsPane({ tenantId, ticketId, writing }: TicketsPaneProps) {
  const desk = useDesk()
  const tenant = useTenant()
  const { memory, queries } = tenant
  useFollowPresence()
  const view = useStore(memory.view)
  const selected = useStore(memory.selected)
  const identity = useIdentity()
  const act = useAct()
  const undo = useUndo()
  const go = useGo()
  const density = useSetting('density')
  const pane = useRef<HTMLElement>(null)
  const searchField = useRef<HTMLInputElement>(null)
  const searchNext = useRef(false)
  const [rows, onRange] = useTicketRows(tenant, desk, view, ROW_HEIGHT[density])
  const inList = ticketId === undefined && !writing
  const create = useCallback(() => go(places.newTicket(tenantId)), [go, tenantId])
  useArrived(inList && (!rows.loading || rows.error) ? places.client(tenantId) : null)
  useArrived((rows.loading || rows.stale) && !rows.error ? null : hitsPlace(view.text))

  useLayoutEffect(() => {
    const { dataset } = document.documentElement
    if (!rows.loading && dataset['client'] !== tenantId) dataset['client'] = tenantId
  }, [rows.loading, tenantId])

  const focusList = useCallback(() => {
    pane.current?.querySelector<HTMLElement>('[data-list-focus]')?.focus({ preventScroll: true })
  }, [])
  const focusSearch = useCallback(() => {
    searchField.current?.focus()
    // A new search replaces the old one as it is typed.
    searchField.current?.select()
  }, [])
  // Before any key that was typed ahead is pressed.
  useLayoutEffect(() => {
    if (inList && searchNext.current) focusSearch()
    if (inList) searchNext.current = false
  }, [focusSearch, inList])
  useEffect(() => {
    if (!inList) return
    // After the rows are painted: focusing lays the page out at once. Keys work without it.
    const timer = setTimeout(() => {
      // Not out of a field, nor out of a panel that was opened meanwhile.
      if (!document.activeElement?.closest('input, [role=dialog]')) focusList()
    }, READ_AHEAD_MS)
    return () => clearTimeout(timer)
  }, [focusList, inList])

  const toList = useCallback((): void => {
    memory.openTicket.set(null)
    go(places.client(tenantId))
  }, [go, memory, tenantId])
  const change = useCallback(
    (part: Partial<ListView>) => {
      memory.view.set({ ...memory.view.get(), ...part })
      memory.selected.set({ id: null, index: 0 })
      // Nobody changes tickets that they do not see: another list begins with none chosen.
      memory.chosen.set(NOTHING_CHOSEN)
    },
    [memory],
  )
  const show = useCallback(() => {
    if (!isOver(inList)) return false
    toList()
    return true
  }, [inList, toList])
  const changeAndShow = useCallback(
    (part: Partial<ListView>): void => {
      change(part)
      show()
    },
    [change, show],
  )
  const searchAhead = useCallback(
    (text: string) => {
      const next = { ...memory.view.get(), text }
      // Such a list keeps what it shows until it knows the next one.
      if (text.trim() === '' || next.by !== null || next.group !== null) return null
      const query = hitsQuery(tenant, desk, next, ROW_HEIGHT[density])
      return {
        answer: queries.fetchQuery(query),
        cancel: () => void queries.cancelQueries({ queryKey: query.queryKey, exact: true }),
      }
    },
    [density, desk, memory, queries, tenant],
  )
  const layout = useListLayout(desk, view)
  const [choosingColumns, setChoosingColumns] = useState(false)
  const onChooseColumns = useCallback(() => setChoosingColumns(true), [])
  const onSort = useCallback(
    (column: Column) => {
      change(sortBy(memory.view.get(), column))
      focusList()
    },
    [change, focusList, memory],
  )
  const open = useCallback((row: TicketRow) => go(places.ticket(tenantId, row.id)), [go, tenantId])

  // The ticket that a person rests on, and the one after an open one, are read ahead and followed: they open at once.
  const aheadId = inList ? selected.id : rows.at(ticketNear(rows, selected.index + 1))?.id
  useEffect(() => {
    if (!aheadId) return
    let stop: (() => void) | undefined
    const timer = setTimeout(() => {
      stop = new QueryObserver(queries, ticketQuery(tenant, aheadId)).subscribe(() => undefined)
    }, READ_AHEAD_MS)
    return () => {
      clearTimeout(timer)
      stop?.()
    }
  }, [aheadId, queries, tenant])

  const exporting = (): Promise<unknown> =>
    act('The list was not exported.', async () => {
      const exportList = await loadExport()
      const { rows: count, more } = await exportList(tenant, view, desk, layout.columns, identity.shortName)
      const tickets = counted(count, 'ticket')
      undo.say(
        `${more ? `The first ${tickets} are` : `${tickets} ${count === 1 ? 'is' : 'are'}`} in your downloads as CSV`,
      )
    })
  useCommands([
    { id: 'export', title: 'Export this list as CSV', group: 'List', keys: [], run: () => void exporting() },
    { id: 'columns', title: 'Choose columns', group: 'List', keys: ['|'], run: onChooseColumns },
  ])
  const sections = useSections({ desk, view, rows, keys: inList, onChange: change })
  const choosing = useChoosing(tenant, rows, { ...requestOf(view, desk), text: view.text, order: view.order })
  const row = inList ? rows.at(indexOfSelected(memory, rows)) : undefined
  // The text of a macro is written on in its ticket.
  const begin = (kind: DraftKind): void => {
    if (!row) return
    memory.begin = kind
    open(row)
  }
  useTicketCommands(row ?? null, {
    onText({ macro, text, detail }) {
      const { id } = detail.ticket
      const kind = detail.requester ? macro.kind : 'note'
      tenant.drafts.write(id, kind, withText(tenant.drafts.read(id, kind, detail.drafts), text))
      begin(kind)
    },
    onWork: () => begin('time'),
  })
  useListCommands({
    memory,
    rows,
    choosing,
    view,
    inList,
    ticketId,
    open,
    create,
    firstOnScreen: () => Math.ceil(memory.scrollTop / ROW_HEIGHT[density]),
    change: changeAndShow,
    search() {
      searchNext.current = true
      if (show()) return
      searchNext.current = false
      focusSearch()
    },
  })
  return (
    <section ref={pane} className={classes.pane} aria-label="Tickets">
      <InboxTabs desk={desk} view={view} numbers={inList} onChange={changeAndShow} />
      <ListBar
        desk={desk}
        view={view}
        total={totalText(view, rows)}
        searchField={searchField}
        searchAhead={searchAhead}
        onChange={change}
        onLeave={focusList}
      />
      {rows.tooLong && (
        <p className={classes.notice} role="status">
          This list has more than {MAX_ARRANGED.toLocaleString('en')} tickets: narrow it to{' '}
          {view.group === null ? `sort it by ${columnOf(view.by?.by ?? '', desk).label}` : 'see it in sections'}.
        </p>
      )}
      <TicketList
        desk={desk}
        view={view}
        rows={rows}
        layout={layout}
        beside={!inList}
        covered={isOver(inList)}
        onChooseColumns={onChooseColumns}
        onToggle={sections.toggle}
        onOpen={open}
        onChoose={choosing.click}
        onSort={onSort}
        onRange={onRange}
      />
      <BulkBar desk={desk} keys={inList} />
      {sections.dialog}
      {choosingColumns && (
        <ColumnsDialog
          desk={desk}
          view={view}
          layout={layout}
          onChange={change}
          onClose={() => {
            setChoosingColumns(false)
            focusList()
          }}
        />
      )}
      <EmptyList desk={desk} rows={rows} view={view} onChange={change} onRetry={() => void queries.refetchQueries()} />
    </section>
  )
})

function totalText(view: ListView, { tickets: total, complete, loading, more, arranged }: Rows): string {
  if (loading || !complete) return ''
  if (view.text.trim() === '') return counted(total, 'ticket')
  const number = total.toLocaleString('en')
  return more ? (arranged ? `First ${number} found` : `${number}+ found`) : `${number} found`
}
