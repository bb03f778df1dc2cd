import type { LayerValues, SettingKey } from '../../../src-shared/settings/settings.ts'
import type { Around } from './editor.ts'
import { CalendarsEditor, DaysEditor, PlaceEditor } from './hours.tsx'
import { ChoicesEditor, FieldsEditor, NamingEditor, PrioritiesEditor, StatusesEditor } from './lists.tsx'
import { OnCallEditor } from './on-call.tsx'
import type { PartKey } from './parts.ts'
import { NumberEditor, TextEditor, ToggleEditor, WordsEditor } from './plain.tsx'
import { TargetsEditor } from './targets.tsx'

/** The editor of one part. */
export function PartEditor({ part, around, timeZone }: { part: PartKey; around: Around; timeZone: string }) {
  const { settings, saved, uses, technicians, change } = around
  const list = <Key extends SettingKey>(key: Key) => ({
    value: settings[key],
    problems: [],
    savedKeys: new Set(Array.isArray(saved[key]) ? (saved[key] as { key?: string }[]).map((one) => one.key ?? '') : []),
    uses: uses.filter(({ setting }) => setting === key),
    onChange: (value: unknown) => change({ [key]: value } as LayerValues),
  })
  const set = (key: SettingKey) => (value: unknown) => change({ [key]: value } as LayerValues)
  switch (part) {
    case 'statuses':
      return <StatusesEditor {...list('statuses')} />
    case 'priorities':
      return <PrioritiesEditor {...list('priorities')} />
    case 'types':
      return <ChoicesEditor {...list('types')} title="Types" word="type" />
    case 'queues':
      return <ChoicesEditor {...list('queues')} title="Queues" word="queue" />
    case 'fields':
      return <FieldsEditor {...list('customFields')} />
    case 'calendars':
      return <CalendarsEditor {...list('calendars')} />
    case 'holidays':
      return (
        <>
          <PlaceEditor {...list('holidays')} />
          <DaysEditor {...list('ownDays')} />
        </>
      )
    case 'targets':
      return (
        <>
          <TargetsEditor
            {...list('targets')}
            {...{ priorities: settings.priorities, types: settings.types, calendars: settings.calendars }}
          />
          <NumberEditor
            label="At risk from"
            unit="% of the time"
            none="by minutes"
            value={settings.atRiskPercent}
            onChange={set('atRiskPercent')}
          />
          <NumberEditor
            label="At risk before the end"
            unit="minutes"
            value={settings.atRiskMinutes}
            onChange={set('atRiskMinutes')}
          />
        </>
      )
    case 'escalations':
      return <TextEditor label="Escalations" value={settings.escalations} onChange={set('escalations')} />
    case 'on-call':
      return <OnCallEditor {...list('onCall')} technicians={technicians} timeZone={timeZone} />
    case 'naming':
      return <NamingEditor {...list('naming')} />
    case 'noise':
      return <TextEditor label="Noise" value={settings.noise} onChange={set('noise')} />
    case 'macros':
      return <TextEditor label="Macros" value={settings.macros} onChange={set('macros')} />
    case 'files':
      return (
        <>
          <NumberEditor
            label="Largest file"
            unit="bytes"
            value={settings.attachmentMaxBytes}
            onChange={set('attachmentMaxBytes')}
          />
          <WordsEditor
            label="Files that are refused, by the end of their name"
            value={settings.refusedExtensions}
            onChange={set('refusedExtensions')}
          />
        </>
      )
    case 'secrets':
      return (
        <>
          <ToggleEditor
            label="Whoever reveals a secret says why"
            value={settings.revealReasonNeeded}
            onChange={set('revealReasonNeeded')}
          />
          <NumberEditor
            label="A revealed secret hides after"
            unit="seconds"
            value={settings.revealForgetAfter}
            onChange={set('revealForgetAfter')}
          />
        </>
      )
    case 'retention':
      return (
        <NumberEditor
          label="Tickets are kept for"
          unit="days after their last change"
          none="no promise"
          value={settings.keepDays}
          onChange={set('keepDays')}
        />
      )
  }
}
