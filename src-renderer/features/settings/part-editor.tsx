import type { LayerValues, SettingKey } from '../../../src-shared/settings/settings.ts'
import type { UsedSetting } from '../../../src-shared/protocol/settings.ts'
import { bytes } from '../../ui/bytes.ts'
import type { Around } from './editor.ts'
import { EscalationsEditor } from './escalations.tsx'
import { CalendarsEditor, DaysEditor, PlaceEditor } from './hours.tsx'
import { ChoicesEditor, FieldsEditor, NamingEditor, PrioritiesEditor, StatusesEditor } from './lists.tsx'
import { MacrosEditor } from './macros.tsx'
import { MatrixEditor } from './matrix.tsx'
import { NoiseEditor } from './noise.tsx'
import { OnCallEditor } from './on-call.tsx'
import type { PartKey } from './parts.ts'
import { NumberEditor, ToggleEditor, WordsEditor } from './plain.tsx'
import type { Named } from './rule-words.ts'
import { TargetsEditor } from './targets.tsx'

/** The editor of one part. @param timeZone of the client; null where there is no one client */
export function PartEditor({ part, around, timeZone }: { part: PartKey; around: Around; timeZone: string | null }) {
  const { settings, saved, uses, technicians, problems, change } = around
  const one = <Key extends SettingKey>(key: Key) => ({
    value: settings[key],
    problems: problems.filter(({ setting }) => setting === key),
    onChange: (value: unknown) => change({ [key]: value } as LayerValues),
  })
  const list = <Key extends SettingKey>(key: Key) => ({ ...one(key), savedKeys: keysIn(saved[key]) })
  const used = <Key extends UsedSetting>(key: Key) => ({
    ...list(key),
    ...(uses && { uses: uses.filter(({ setting }) => setting === key) }),
  })
  const named: Named = { ...settings, technicians }
  switch (part) {
    case 'statuses':
      return <StatusesEditor {...used('statuses')} />
    case 'priorities':
      return <PrioritiesEditor {...used('priorities')} />
    case 'matrix':
      return <MatrixEditor {...one('priorityMatrix')} fields={settings.customFields} priorities={settings.priorities} />
    case 'types':
      return <ChoicesEditor {...used('types')} title="Types" word="type" />
    case 'queues':
      return <ChoicesEditor {...used('queues')} title="Queues" word="queue" />
    case 'fields':
      return <FieldsEditor {...used('customFields')} />
    case 'calendars':
      return <CalendarsEditor {...list('calendars')} />
    case 'holidays':
      return (
        <>
          <PlaceEditor {...one('holidays')} />
          <DaysEditor {...one('ownDays')} />
        </>
      )
    case 'targets':
      return (
        <>
          <TargetsEditor
            {...one('targets')}
            {...{ priorities: settings.priorities, types: settings.types, calendars: settings.calendars }}
          />
          <NumberEditor label="At risk from" unit="% of the time" none="by minutes" {...one('atRiskPercent')} />
          <NumberEditor label="At risk before the end" unit="minutes" {...one('atRiskMinutes')} />
        </>
      )
    case 'escalations':
      return <EscalationsEditor {...list('escalations')} named={named} />
    case 'on-call':
      return <OnCallEditor {...list('onCall')} technicians={technicians} timeZone={timeZone} />
    case 'naming':
      return <NamingEditor {...list('naming')} />
    case 'noise':
      return <NoiseEditor {...one('noise')} savedKeys={keysIn(saved.noise?.rules)} named={named} />
    case 'macros':
      return <MacrosEditor {...list('macros')} named={named} fields={settings.customFields} />
    case 'files':
      return (
        <>
          <NumberEditor
            label="Largest file"
            unit={settings.attachmentMaxBytes < 1024 ? 'bytes' : `bytes, ${bytes(settings.attachmentMaxBytes)}`}
            {...one('attachmentMaxBytes')}
          />
          <WordsEditor label="Files that are refused, by the end of their name" {...one('refusedExtensions')} />
        </>
      )
    case 'secrets':
      return (
        <>
          <ToggleEditor label="Whoever reveals a secret says why" {...one('revealReasonNeeded')} />
          <NumberEditor label="A revealed secret hides after" unit="seconds" {...one('revealForgetAfter')} />
        </>
      )
    case 'retention':
      return (
        <NumberEditor
          label="Tickets are kept for"
          unit="days after their last change"
          none="no promise"
          {...one('keepDays')}
        />
      )
  }
}

/** The keys of a saved list: they stay when a name changes. */
function keysIn(list: unknown): ReadonlySet<string> {
  return new Set(Array.isArray(list) ? list.map((one: { key?: string }) => one.key ?? '') : [])
}
