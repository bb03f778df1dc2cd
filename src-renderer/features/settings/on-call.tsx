import type { OnCallLayer, OnCallOverride, OnCallRotation } from '../../../src-shared/sla/schema.ts'
import { Rotation } from '../../../src-shared/sla/on-call.ts'
import { dateTime } from '../../ui/time.ts'
import { movedRow, type EditorProps } from './editor.ts'
import { Zone } from './hours.tsx'
import { Rows, Select } from './rows.tsx'
import classes from './settings.module.css'

interface OnCallProps extends EditorProps<OnCallRotation[]> {
  savedKeys: ReadonlySet<string>
  technicians: readonly { id: string; name: string }[]
  /** Of the client: what `client` stands for; null where that differs from client to client. */
  timeZone: string | null
}

/** Who takes turns, when they hand over, and who stands in; with who is on call now and next. */
export function OnCallEditor({ value, onChange, savedKeys, problems, technicians, timeZone }: OnCallProps) {
  const name = (id: string | null): string =>
    id === null ? 'nobody' : (technicians.find((one) => one.id === id)?.name ?? 'somebody who left')
  return (
    <Rows
      title="On call"
      word="rotation"
      none="None yet: escalations to whoever is on call reach nobody."
      rows={value}
      {...{ savedKeys, problems, onChange }}
      heads={['Time zone']}
      fresh={() => ({
        ...{ timeZone: 'client', overrides: [] },
        layers: technicians[0] ? [layerOf(technicians[0].id)] : [],
      })}
      cells={(row, change) => (
        <td>
          <Zone
            label={`Time zone of ${row.label}`}
            value={row.timeZone}
            onChange={(zone) => change({ timeZone: zone })}
          />
        </td>
      )}
      below={(row, change) => (
        <div className={classes.rotation}>
          <p role="status">{nowText(row, timeZone, name)}</p>
          {row.layers.map((layer, index) => (
            <Layer
              key={index}
              label={`${row.label} ${index + 1}`}
              {...{ layer, technicians, name }}
              onChange={(next) =>
                change({ layers: row.layers.flatMap((one, i) => (i === index ? (next ? [next] : []) : [one])) })
              }
            />
          ))}
          <Overrides rotation={row} technicians={technicians} onChange={(overrides) => change({ overrides })} />
          <div className={classes.inline}>
            <button
              type="button"
              disabled={technicians.length === 0}
              onClick={() => change({ layers: [...row.layers, layerOf(technicians[0]?.id ?? '')] })}
            >
              Add a layer above
            </button>
            <button
              type="button"
              disabled={technicians.length === 0}
              onClick={() => change({ overrides: [...row.overrides, standIn(technicians[0]?.id ?? null)] })}
            >
              Somebody stands in
            </button>
          </div>
        </div>
      )}
    />
  )
}

/**
 * "Now Lena, until Mon 30 Nov 08:00; then Sam.", by the rotation's own clock and told in the technician's time.
 * @param timeZone of the client, for a rotation that goes by it; null where there is no one client
 */
export function nowText(
  rotation: OnCallRotation,
  timeZone: string | null,
  name: (id: string | null) => string,
  now = Date.now(),
): string {
  try {
    const zone = rotation.timeZone === 'client' ? timeZone : rotation.timeZone
    if (zone === null) return 'Handed over by the clock of each client.'
    const { technicianId, until, next } = new Rotation({ ...rotation, timeZone: zone }).at(now)
    const then =
      until === null
        ? ', with no end in sight'
        : `, until ${dateTime(new Date(until).toISOString())}; then ${name(next)}`
    return `Now ${name(technicianId)}${then}.`
  } catch {
    return 'Who is on call is told when the rotation is complete.'
  }
}

function layerOf(technician: string): OnCallLayer {
  return { from: new Date().toISOString().slice(0, 10), handover: '08:00', days: 7, technicians: [technician] }
}

function standIn(technicianId: string | null): OnCallOverride {
  const from = new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000)
  return { from: from.toISOString(), to: new Date(from.getTime() + 86_400_000).toISOString(), technicianId }
}

interface LayerProps {
  label: string
  layer: OnCallLayer
  technicians: readonly { id: string; name: string }[]
  name(id: string): string
  onChange(layer: OnCallLayer | null): void
}

function Layer({ label, layer, technicians, name, onChange }: LayerProps) {
  const turns = (next: string[]): void => onChange(next.length === 0 ? null : { ...layer, technicians: next })
  return (
    <div className={classes.layer}>
      <div className={classes.inline}>
        <label>
          From
          <input
            type="date"
            aria-label={`First day of ${label}`}
            value={layer.from}
            onChange={(event) => event.target.value && onChange({ ...layer, from: event.target.value })}
          />
        </label>
        <label>
          Handed over at
          <input
            type="time"
            aria-label={`Handover of ${label}`}
            value={layer.handover}
            onChange={(event) => event.target.value && onChange({ ...layer, handover: event.target.value })}
          />
        </label>
        <label>
          Days of a turn
          <input
            type="number"
            min={1}
            max={366}
            aria-label={`Days of a turn of ${label}`}
            value={layer.days}
            onChange={(event) => onChange({ ...layer, days: event.target.valueAsNumber || 1 })}
          />
        </label>
        <Select
          label={`Add to ${label}`}
          value=""
          options={[['', 'Add a technician'], ...technicians.map(({ id, name: text }) => [id, text] as const)]}
          onChange={(id) => id && turns([...layer.technicians, id])}
        />
      </div>
      <ol>
        {layer.technicians.map((id, index) => (
          <li key={index}>
            {name(id)}
            <button
              type="button"
              aria-label={`${name(id)} earlier`}
              disabled={index === 0}
              onClick={() => turns(movedRow(layer.technicians, index, index - 1))}
            >
              Earlier
            </button>
            <button
              type="button"
              aria-label={`Take ${name(id)} out`}
              onClick={() => turns(layer.technicians.filter((_, i) => i !== index))}
            >
              Take out
            </button>
          </li>
        ))}
      </ol>
    </div>
  )
}

/** Local date and time of an instant, as inputs take it. */
function localOf(instant: string): string {
  const at = new Date(instant)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

interface OverridesProps {
  rotation: OnCallRotation
  technicians: readonly { id: string; name: string }[]
  onChange(overrides: OnCallOverride[]): void
}

function Overrides({ rotation, technicians, onChange }: OverridesProps) {
  const { overrides, label } = rotation
  const change = (index: number, part: Partial<OnCallOverride>): void =>
    onChange(overrides.map((one, i) => (i === index ? { ...one, ...part } : one)))
  return overrides.map((one, index) => (
    <div key={index} className={classes.inline}>
      <Select
        label={`Who stands in at ${label} ${index + 1}`}
        value={one.technicianId ?? ''}
        options={[['', 'Nobody'], ...technicians.map(({ id, name }) => [id, name] as const)]}
        onChange={(id) => change(index, { technicianId: id || null })}
      />
      {(['from', 'to'] as const).map((end) => (
        <label key={end}>
          {end}
          <input
            type="datetime-local"
            aria-label={`Stands in ${end}, ${label} ${index + 1}`}
            value={localOf(one[end])}
            onChange={(event) =>
              event.target.value && change(index, { [end]: new Date(event.target.value).toISOString() })
            }
          />
        </label>
      ))}
      <button type="button" onClick={() => onChange(overrides.filter((_, i) => i !== index))}>
        Remove<span className={classes.hidden}> stand-in {index + 1}</span>
      </button>
    </div>
  ))
}
