import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query'
import { useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import type { SettingKey } from '../../../src-shared/settings/settings.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { save as download } from '../../tenant/downloads.ts'
import { PageButton } from '../../ui/page.tsx'
import { changedKeys, halfTyped, rebased, settingsWith } from './edits.ts'
import { Effect } from './effect.tsx'
import { History } from './history.tsx'
import { OverlapsPanel } from './overlaps.tsx'
import { PartEditor } from './part-editor.tsx'
import { PartList, type Shown } from './part-list.tsx'
import { PARTS, partOf } from './parts.ts'
import { settingsKeys, type Seen } from './port.ts'
import { useProblems } from './use-problems.ts'
import type { SettingsPageProps } from './settings-page.tsx'
import { Inherits, LeftOut } from './origins.tsx'
import { TypingProvider } from './typed.tsx'
import { useEdits } from './use-edits.ts'
import classes from './settings.module.css'

interface SettingsFormProps extends SettingsPageProps {
  seen: Seen
  /** What was typed before, see `readKept`. */
  kept: string
}

/** What is typed is tried out before it is saved, and kept until then. */
export function SettingsForm({ title, name, port, technicians, timeZone, logo, seen, kept }: SettingsFormProps) {
  const queries = useQueryClient()
  const { data: uses = [] } = useQuery({
    queryKey: settingsKeys.uses,
    queryFn: port.uses ?? skipToken,
    ...{ staleTime: 0, retry: false },
  })
  const { data: reach = null } = useQuery({
    queryKey: settingsKeys.reach,
    queryFn: port.reach ?? skipToken,
    ...{ staleTime: 0, retry: false },
  })
  const editing = useEdits(seen, port.draft, kept)
  const { edits, overlaps, merged, dirty } = editing
  const [shown, setShown] = useState<Shown>(() => partOf(changedKeys(edits)[0] ?? 'statuses').key)
  /** What is only not filled in yet is said from the first attempt to save on. */
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState<{ text: string; bad: boolean } | null>(null)
  const [leftOut, setLeftOut] = useState<SettingKey[]>([])
  const page = useRef<HTMLElement>(null)
  const file = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => page.current?.focus({ preventScroll: true }), [])

  const settings = settingsWith(seen.settings, edits)
  const saved = settingsWith(seen.settings, { set: {}, revert: [] })
  const problems = useProblems(port, { settings, saved, changed: changedKeys(edits), revision: seen.revision })
  const holding = problems.filter(({ stands }) => !stands)
  const told = problems.filter(({ missing }) => tried || !missing)
  const undecided = Object.keys(overlaps) as SettingKey[]

  const say = (text: string, bad = false): void => setSaid({ text, bad })
  const show = (setting: SettingKey, text: string): void => {
    setShown(partOf(setting).key)
    say(text, true)
  }
  const renewed = async (): Promise<Seen | undefined> => {
    await queries.invalidateQueries({ queryKey: settingsKeys.all })
    return queries.getQueryData<Seen>(settingsKeys.view)
  }
  const act = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    if (busy) return
    setBusy(true)
    try {
      await work()
      await renewed()
      say(done)
      setTried(false)
    } catch (thrown) {
      const { code, message } = problemFrom(thrown)
      const now = await renewed()
      if (code === 'settings-changed' && now)
        say(meanwhile(message, Object.keys(rebased(edits, now.settings).overlaps).length))
      else say(`${message} What you typed is still here.`, true)
    }
    setBusy(false)
  }
  const store = async (): Promise<void> => {
    if (!dirty) return
    setTried(true)
    const [first] = undecided
    if (first) return show(first, 'Choose what counts where both of you changed the same, then save.')
    const found = await port.check({ settings, changed: changedKeys(edits), saved })
    const wrong = found.find(({ stands }) => !stands)
    if (wrong) return show(wrong.setting, wrong.text)
    const [half] = halfTyped(edits, settings)
    if (half)
      return show(half.setting, `“${half.text.slice(0, 60)}” cannot be read yet. Correct or clear it, then save.`)
    const sent = { set: edits.set, revert: edits.revert }
    void act(async () => {
      await port.change({ revision: seen.revision, ...sent })
      // At once with what it came to: nothing shows the old in between.
      const now = await port.view().catch(() => null)
      if (now) queries.setQueryData(settingsKeys.view, now)
      editing.saved(sent)
      setLeftOut([])
    }, 'Saved.')
  }
  const forget = (): void => {
    editing.forget()
    setTried(false)
    setLeftOut([])
    setSaid(null)
  }
  const exportFile = (): void => {
    port.file.save().then(
      (text) => {
        const called = `${name} settings.yaml`.replaceAll(/[/\\:*?"<>|]/g, ' ')
        download(new Blob([text], { type: 'application/yaml' }), called)
        say(`${called} was saved.`)
      },
      (thrown: unknown) => say(problemFrom(thrown).message, true),
    )
  }
  const importFile = async (chosen: File | undefined): Promise<void> => {
    if (!chosen) return
    try {
      const values = await port.file.read(await chosen.text())
      editing.take(values)
      const own = (Object.keys(seen.settings) as SettingKey[]).filter((key) => seen.settings[key].inherited)
      setLeftOut(own.filter((key) => !(key in values)))
      say(`${chosen.name} was read. Nothing is saved yet.`)
    } catch (thrown) {
      say(problemFrom(thrown).message, true)
    }
  }
  const step = (by: number): void => {
    const all: Shown[] = [...PARTS.map(({ key }) => key), ...(logo ? ['logo' as const] : []), 'history']
    setShown(all[Math.min(all.length - 1, Math.max(0, all.indexOf(shown) + by))] ?? 'statuses')
  }
  const command = (id: string, text: string, keys: string[], run: () => void) => ({
    ...{ id: `settings-${id}`, title: text, group: 'Clients' as const, keys, run },
  })
  useCommands([
    command('next', 'Next part of the settings', ['j'], () => step(1)),
    command('previous', 'Previous part of the settings', ['k'], () => step(-1)),
    command('history', 'History of the settings', ['h'], () => setShown('history')),
    command('save', 'Save the settings', ['Mod+Enter'], () => void store()),
    command('discard', 'Discard what was typed into the settings', [], forget),
    command('export', 'Export the settings as a file', ['x'], exportFile),
    command('import', 'Import settings from a file', ['i'], () => file.current?.click()),
    ...PARTS.map(({ key, title: text }) => command(`part-${key}`, `Settings: ${text}`, [], () => setShown(key))),
    ...(logo ? [command('part-logo', 'Settings: Logo', [], () => setShown('logo'))] : []),
  ])
  const part = PARTS.find(({ key }) => key === shown)
  const inPart = (key: SettingKey): boolean =>
    (part?.settings as readonly SettingKey[] | undefined)?.includes(key) ?? false
  return (
    <main ref={page} className={classes.page} tabIndex={-1} aria-label={title} onKeyDown={leaveField}>
      <header className={classes.top}>
        <div>
          <h2>{title}</h2>
          <p role="status">{seen.proof ?? 'Each setting comes whole from the highest layer that has it.'}</p>
        </div>
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
      </header>
      {leftOut.length > 0 && (
        <LeftOut
          keys={leftOut}
          to={port.own === 'client' ? 'what is inherited' : 'what is built in'}
          onInherit={() => {
            editing.inherit(leftOut)
            setLeftOut([])
          }}
          onKeep={() => setLeftOut([])}
        />
      )}
      <div className={classes.body}>
        <PartList {...{ seen, shown, problems: told, edits, undecided }} logo={logo !== undefined} onShow={setShown} />
        <section className={classes.part} aria-label={part?.title ?? (shown === 'logo' ? 'Logo' : 'History')}>
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
                    typed={key in edits.set}
                    back={edits.revert.includes(key)}
                    reach={reach}
                    setting={key}
                    onInherit={() => editing.inherit([key])}
                    onForget={() => editing.forget([key])}
                    several={part.settings.length > 1}
                  />
                ))}
              </header>
              {undecided.filter(inPart).map((key) => (
                <OverlapsPanel
                  key={key}
                  {...{ port, revision: seen.revision, setting: key, overlaps: overlaps[key] ?? [], saved: saved[key] }}
                  onChoose={(overlap, side) => editing.choose(key, overlap, side)}
                />
              ))}
              <TypingProvider texts={edits.typed} write={editing.write}>
                <div className={classes.editor} key={`${part.key} ${editing.round}`}>
                  <PartEditor
                    part={part.key}
                    around={{
                      ...{ settings, saved, uses: port.uses ? uses : null, technicians, problems: told },
                      change(values) {
                        editing.change(values)
                        setSaid(null)
                      },
                    }}
                    timeZone={timeZone}
                  />
                </div>
              </TypingProvider>
            </>
          ) : shown === 'logo' ? (
            logo
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
        {!dirty ? (
          <div />
        ) : undecided.length > 0 || holding.length > 0 ? (
          <p className={classes.effect} role="status">
            {footText(holding.filter((one) => told.includes(one)).length, undecided.length)}
          </p>
        ) : (
          <Effect port={port} revision={seen.revision} set={edits.set} revert={edits.revert} labels={saved} />
        )}
        {said ? (
          <p role={said.bad ? 'alert' : 'status'} data-bad={said.bad || undefined}>
            {said.text}
          </p>
        ) : (
          dirty && (
            <p role="status">
              {editing.isOld
                ? 'You typed this before; it is not saved.'
                : merged.length > 0
                  ? 'What was changed meanwhile is in here, too.'
                  : 'Kept here until you save or discard it.'}
            </p>
          )
        )}
        {dirty && <PageButton onClick={forget}>Discard</PageButton>}
        <PageButton primary shortcut="Control+Enter" disabled={!dirty || busy} onClick={() => void store()}>
          Save
        </PageButton>
      </footer>
    </main>
  )
}

/** Esc leaves a field, so that single keys act on the page again. */
function leaveField(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'Escape' || event.defaultPrevented || !(event.target instanceof HTMLElement)) return
  if (!event.target.matches('input, select, textarea')) return
  event.preventDefault()
  event.currentTarget.focus({ preventScroll: true })
}

function meanwhile(message: string, overlapping: number): string {
  const who = message.replace(/ Look at them again.*$/, '')
  return overlapping === 0
    ? `${who} What both of you changed is together here: look at it, then save.`
    : `${who} Choose what counts where both of you changed the same, then save.`
}

function footText(problems: number, undecided: number): string {
  if (undecided > 0) return 'Both of you changed the same: choose what counts.'
  if (problems === 0) return ''
  return problems === 1
    ? 'One thing to put right before it can be saved.'
    : `${problems} things to put right before it can be saved.`
}
