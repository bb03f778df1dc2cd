import { Popover } from '@mantine/core'
import { IconBookmark, IconChevronDown } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Desk, SavedViewView } from '../../../src-shared/domain/views.ts'
import type { NewView } from '../../../src-shared/domain/saved-view.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { applyViews, keptFilter, keptLayout, listOf, viewsQuery } from '../../tenant/kept-views.ts'
import type { ListView } from '../../tenant/memory.ts'
import { useStore } from '../../ui/store.ts'
import { useAct } from '../ticket/use-act.ts'
import { layoutOf, shownColumns } from './columns.ts'
import listClasses from './list.module.css'
import { sameDrawing, sameList } from './inboxes.ts'
import { ViewForm } from './view-form.tsx'
import { ViewList } from './view-list.tsx'

interface ViewsMenuProps {
  desk: Desk
  view: ListView
  onChange(change: Partial<ListView>): void
  /** Back to the list. */
  onLeave(): void
}

type Asked = { kind: 'list' } | { kind: 'save' } | { kind: 'rename'; view: SavedViewView }

/** The views that technicians keep of this client's list: chosen, kept, renamed and removed in one small panel. */
export function ViewsMenu({ desk, view, onChange, onLeave }: ViewsMenuProps) {
  const tenant = useTenant()
  const { viewId } = tenant.memory
  const { data } = useQuery(viewsQuery(tenant))
  const views = data ?? []
  const currentId = useStore(viewId)
  const [asked, setAsked] = useState<Asked | null>(null)
  const act = useAct()
  const undo = useUndo()
  const button = useRef<HTMLButtonElement>(null)
  const { views: procedures } = tenant.client
  const current = views.find(({ id }) => id === currentId)
  const changed =
    current !== undefined && !(sameList(listOf(current, desk), view) && sameDrawing(listOf(current, desk), view))
  const close = (): void => {
    setAsked(null)
    onLeave()
  }
  const choose = (one: SavedViewView): void => {
    viewId.set(one.id)
    onChange(listOf(one, desk))
    close()
  }
  const layout = keptLayout(view)
  const listed = {
    ...{ filter: keptFilter(view, desk), sort: view.sort, columns: [...view.columns] },
    ...(layout || current?.layout ? { layout } : {}),
  }
  const save = async (name: string, ownerId: string | null): Promise<void> => {
    close()
    // What is on screen goes with it, also where that is the technician's own drawing.
    const drawn = layoutOf(shownColumns(view, desk))
    const shown = { ...view, ...drawn }
    const made: NewView = { name, ownerId, filter: listed.filter, sort: view.sort, columns: drawn.columns }
    const keptAs = keptLayout(shown)
    if (keptAs) made.layout = keptAs
    await act(`The view ${name} was not kept.`, async () => {
      const before = new Set(views.map(({ id }) => id))
      const after = await procedures.create.mutate(made)
      applyViews(tenant, after)
      viewId.set(after.find(({ id }) => !before.has(id))?.id ?? null)
      tenant.memory.view.set({ ...tenant.memory.view.get(), ...drawn })
    })
  }
  const edit = (one: SavedViewView, patch: Partial<NewView>, said: string): void => {
    close()
    const back = Object.fromEntries(Object.keys(patch).map((key) => [key, one[key] ?? null])) as Partial<NewView>
    const run = (next: Partial<NewView>): Promise<boolean> =>
      act(`The view ${one.name} was not changed.`, async () =>
        applyViews(tenant, await procedures.edit.mutate({ id: one.id, patch: next })),
      )
    void run(patch).then((done) => done && undo.offer(said, () => void run(back)))
  }
  const remove = async (one: SavedViewView): Promise<void> => {
    const { name, ownerId, filter, sort, columns, layout: drawn } = one
    const done = await act(`The view ${name} was not removed.`, async () =>
      applyViews(tenant, await procedures.remove.mutate({ id: one.id })),
    )
    if (!done) return
    if (viewId.get() === one.id) viewId.set(null)
    undo.offer(
      `View ${name} removed`,
      () =>
        void act(`The view ${name} was not brought back.`, async () =>
          applyViews(
            tenant,
            await procedures.create.mutate({ name, ownerId, filter, sort, columns, ...(drawn && { layout: drawn }) }),
          ),
        ),
    )
  }
  useCommands([
    { id: 'views', title: 'Choose a view', group: 'List', keys: ['v'], run: () => setAsked({ kind: 'list' }) },
    {
      id: 'save-view',
      title: 'Keep this list as a view',
      group: 'List',
      keys: ['V'],
      run: () => setAsked({ kind: 'save' }),
    },
    ...(current && changed
      ? [
          {
            id: 'update-view',
            title: `Keep what changed in ${current.name}`,
            group: 'List' as const,
            keys: [],
            run: () => edit(current, listed, `View ${current.name} changed`),
          },
        ]
      : []),
    ...views.map((one) => ({
      id: `view-${one.id}`,
      title: `Show view: ${one.name}`,
      group: 'List' as const,
      keys: [],
      run: () => choose(one),
    })),
  ])
  return (
    <Popover
      opened={asked !== null}
      onClose={close}
      position="bottom-start"
      shadow="md"
      closeOnEscape={false}
      width={300}
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <button
          ref={button}
          className={listClasses.filter}
          data-set={current ? true : undefined}
          aria-label={current ? `View: ${current.name}` : 'Views'}
          aria-haspopup="dialog"
          title="Views (v)"
          onClick={() => setAsked(asked ? null : { kind: 'list' })}
        >
          <IconBookmark size={14} />
          <span className={listClasses.viewName}>{current ? `${current.name}${changed ? ' *' : ''}` : 'Views'}</span>
          <IconChevronDown size={13} />
        </button>
      </Popover.Target>
      <Popover.Dropdown
        p={6}
        aria-label="Views"
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.preventDefault()
          event.stopPropagation()
          close()
        }}
      >
        {asked?.kind === 'list' && (
          <ViewList
            views={data ?? null}
            currentId={currentId}
            me={desk.me}
            changed={changed}
            onChoose={choose}
            onRename={(one) => setAsked({ kind: 'rename', view: one })}
            onRemove={(one) => void remove(one)}
            onUpdate={current ? () => edit(current, listed, `View ${current.name} changed`) : null}
            onSave={() => setAsked({ kind: 'save' })}
          />
        )}
        {asked?.kind === 'save' && (
          <ViewForm
            name=""
            shared={false}
            action="Keep view"
            onDone={(name, shared) => void save(name, shared ? null : desk.me)}
          />
        )}
        {asked?.kind === 'rename' && (
          <ViewForm
            name={asked.view.name}
            shared={asked.view.ownerId === null}
            action="Rename"
            onDone={(name, shared) =>
              edit(asked.view, { name, ownerId: shared ? null : desk.me }, `View ${asked.view.name} is now ${name}`)
            }
          />
        )}
      </Popover.Dropdown>
    </Popover>
  )
}
