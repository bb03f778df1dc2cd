import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useLayoutEffect, useRef, useState } from 'react'
import type { LayerValues, SettingKey } from '../../../src-shared/settings/settings.ts'
import { sameValue, type ResolvedSetting } from '../../../src-shared/settings/layers.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useArrived, useCommands } from '../../app/commands/use-commands.tsx'
import { save as download } from '../../tenant/downloads.ts'
import { PageButton } from '../../ui/page.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { Effect } from './effect.tsx'
import { History } from './history.tsx'
import { PartEditor } from './part-editor.tsx'
import { PARTS, type PartKey } from './parts.ts'
import { settingsWith, type Seen, type SettingsPort } from './port.ts'
import classes from './settings.module.css'

interface SettingsPageProps {
  title: string
  name: string
  place: string
  port: SettingsPort
  technicians: readonly { id: string; name: string }[]
  /** What `client` stands for in a rotation. */
  timeZone: string
  onBack(): void
}

const KEYS = { view: ['settings', 'view'], uses: ['settings', 'uses'], history: ['settings', 'history'] } as const

/** Every part of a configuration, each with where it comes from; what is typed is tried out before it is saved. */
export function SettingsPage({ title, name, place, port, technicians, timeZone, onBack }: SettingsPageProps) {
  const queries = useQueryClient()
  const { data: seen, error } = useQuery({
    queryKey: KEYS.view,
    queryFn: () => port.view(),
    staleTime: 0,
    retry: false,
  })
  const { data: uses = [] } = useQuery({ queryKey: KEYS.uses, queryFn: () => port.uses(), staleTime: 0, retry: false })
  const [shown, setShown] = useState<PartKey | 'history'>('statuses')
  const [set, setSet] = useState<LayerValues>({})
  const [revert, setRevert] = useState<SettingKey[]>([])
  /** Begins the editors anew, so that nothing half typed outlives what it was typed over. */
  const [round, setRound] = useState(0)
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState<{ text: string; bad: boolean } | null>(null)
  const page = useRef<HTMLElement>(null)
  const file = useRef<HTMLInputElement>(null)
  useArrived(seen || error ? place : null)
  const waiting = seen === undefined
  useLayoutEffect(() => page.current?.focus({ preventScroll: true }), [waiting])
  const dirty = Object.keys(set).length + revert.length > 0

  const change = (values: LayerValues): void => {
    if (!seen) return
    const next = { ...set, ...values }
    for (const key of Object.keys(values) as SettingKey[])
      if (!revert.includes(key) && sameValue(next[key], seen.settings[key].value)) delete next[key]
    setSet(next)
    setSaid(null)
  }
  const forget = (): void => {
    setSet({})
    setRevert([])
    setRound((n) => n + 1)
  }
  const inherit = (keys: readonly SettingKey[]): void => {
    const rest = { ...set }
    for (const key of keys) delete rest[key]
    setSet(rest)
    setRevert((before) => [...new Set([...before, ...keys.filter((key) => seen?.settings[key].inherited)])])
    setRound((n) => n + 1)
  }
  const act = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    if (busy) return
    setBusy(true)
    try {
      await work()
      setSaid({ text: done, bad: false })
      forget()
    } catch (thrown) {
      setSaid({ text: `${problemFrom(thrown).message} What you typed is still here.`, bad: true })
    }
    await queries.invalidateQueries({ queryKey: ['settings'] })
    setBusy(false)
  }
  const store = (): void => {
    if (seen && dirty) void act(() => port.change({ revision: seen.revision, set, revert }), 'Saved.')
  }
  const exportFile = (): void => {
    port.file?.save().then(
      (text) => {
        const called = `${name} settings.yaml`.replaceAll(/[/\\:*?"<>|]/g, ' ')
        download(new Blob([text], { type: 'application/yaml' }), called)
        setSaid({ text: `${called} was saved.`, bad: false })
      },
      (thrown: unknown) => setSaid({ text: problemFrom(thrown).message, bad: true }),
    )
  }
  const importFile = async (chosen: File | undefined): Promise<void> => {
    if (!chosen || !port.file) return
    try {
      const values = await port.file.read(await chosen.text())
      change(values)
      setRound((n) => n + 1)
      setSaid({ text: `${chosen.name} was read. Nothing is saved yet.`, bad: false })
    } catch (thrown) {
      setSaid({ text: problemFrom(thrown).message, bad: true })
    }
  }
  const step = (by: number): void => {
    const all = [...PARTS.map(({ key }) => key), 'history' as const]
    setShown(all[Math.min(all.length - 1, Math.max(0, all.indexOf(shown) + by))] ?? 'statuses')
  }
  const command = (id: string, text: string, keys: string[], run: () => void) => ({
    ...{ id: `settings-${id}`, title: text, group: 'Clients' as const, keys, run },
  })
  useCommands([
    { id: 'back', title: 'Back', group: 'Go to', keys: ['Escape', 'u'], run: onBack },
    command('next', 'Next part of the settings', ['j'], () => step(1)),
    command('previous', 'Previous part of the settings', ['k'], () => step(-1)),
    command('history', 'History of the settings', ['h'], () => setShown('history')),
    command('save', 'Save the settings', ['Mod+Enter'], store),
    command('discard', 'Discard what was typed into the settings', [], forget),
    ...(port.file
      ? [
          command('export', 'Export the settings as a file', ['x'], exportFile),
          command('import', 'Import settings from a file', ['i'], () => file.current?.click()),
        ]
      : []),
    ...PARTS.map(({ key, title: text }) => command(`part-${key}`, `Settings: ${text}`, [], () => setShown(key))),
  ])
  if (!seen) {
    if (error) return <ProblemNotice title="The settings cannot be shown" text={problemFrom(error).message} />
    return <main aria-busy aria-label={title} />
  }
  const part = PARTS.find(({ key }) => key === shown)
  const settings = settingsWith(seen.settings, set, revert)
  const saved = settingsWith(seen.settings, {}, [])
  return (
    <main ref={page} className={classes.page} tabIndex={-1} aria-label={title}>
      <header className={classes.top}>
        <div>
          <h2>{title}</h2>
          <p role="status">{seen.proof ?? 'Each setting comes whole from the highest layer that has it.'}</p>
        </div>
        {port.file && (
          <>
            <PageButton shortcut="x" onClick={exportFile}>
              Export
            </PageButton>
            <PageButton shortcut="i" onClick={() => file.current?.click()}>
              Import
            </PageButton>
            <input
              ref={file}
              type="file"
              hidden
              accept=".yaml,.yml"
              aria-label="File of settings"
              onChange={(event) => {
                void importFile(event.target.files?.[0])
                event.target.value = ''
              }}
            />
          </>
        )}
      </header>
      <div className={classes.body}>
        <nav className={classes.parts} aria-label="Parts">
          {PARTS.map(({ key, title: text, settings: keys }) => (
            <button key={key} aria-current={shown === key || undefined} onClick={() => setShown(key)}>
              <b>{text}</b>
              <span>
                {keys.some((one) => one in set || revert.includes(one)) ? 'changed' : originText(seen, keys[0])}
              </span>
            </button>
          ))}
          <button aria-current={shown === 'history' || undefined} onClick={() => setShown('history')}>
            <b>History</b>
            <span />
          </button>
        </nav>
        <section className={classes.part} aria-label={part?.title ?? 'History'}>
          {part ? (
            <>
              <header>
                <h3>{part.title}</h3>
                <p>{part.lead}</p>
                {part.settings.map((key) => (
                  <Inherits
                    key={key}
                    found={seen.settings[key]}
                    own={port.own}
                    typed={key in set}
                    back={revert.includes(key) && !(key in set)}
                    onInherit={() => inherit([key])}
                    several={part.settings.length > 1 ? key : null}
                  />
                ))}
              </header>
              <div className={classes.editor} key={`${part.key} ${round}`}>
                <PartEditor
                  part={part.key}
                  around={{ settings, saved, uses, technicians, change }}
                  timeZone={timeZone}
                />
              </div>
            </>
          ) : (
            <History
              port={port}
              revision={seen.revision}
              onRestore={(to) =>
                void act(() => port.restore({ revision: seen.revision, to }), `As it was at revision ${to}.`)
              }
            />
          )}
        </section>
      </div>
      <footer className={classes.foot}>
        {dirty ? <Effect port={port} revision={seen.revision} set={set} revert={revert} labels={saved} /> : <div />}
        {said && (
          <p role={said.bad ? 'alert' : 'status'} data-bad={said.bad || undefined}>
            {said.text}
          </p>
        )}
        {dirty && <PageButton onClick={forget}>Discard</PageButton>}
        <PageButton primary shortcut="Control+Enter" disabled={!dirty || busy} onClick={store}>
          Save
        </PageButton>
      </footer>
    </main>
  )
}

function originText({ settings }: Seen, key: SettingKey): string {
  const { origin, name } = settings[key]
  return originName(origin, name)
}

function originName(origin: ResolvedSetting['origin'], name: string | null): string {
  if (origin === 'client') return 'own'
  if (origin === 'template') return name ?? 'template'
  return origin === 'organisation' ? 'organisation' : 'built in'
}

interface InheritsProps {
  found: ResolvedSetting
  own: ResolvedSetting['origin']
  typed: boolean
  back: boolean
  several: string | null
  onInherit(): void
}

/** Where a setting comes from, and the way back to what is inherited. */
function Inherits({ found, own, typed, back, several, onInherit }: InheritsProps) {
  const { origin, name, inherited } = found
  const of = several ? `${several}: ` : ''
  const from = inherited && originName(inherited.origin, inherited.name)
  if (back) return <p className={classes.origin}>{`${of}Inherited again from ${from ?? 'below'} when you save.`}</p>
  const mine = origin === own
  const text =
    typed && !mine
      ? `Inherited from ${originName(origin, name)} until now. Saving makes it an own value.`
      : mine
        ? 'Own value.'
        : `Inherited from ${originName(origin, name)}. Changing it makes it an own value.`
  return (
    <p className={classes.origin} data-own={mine || typed || undefined}>
      {of}
      {text}
      {mine && inherited && (
        <button type="button" onClick={onInherit}>
          Take the value of {from} again
        </button>
      )}
    </p>
  )
}
