import type { InheritanceAnswer } from '../../../../src-shared/onboarding/answers.ts'
import type { ResolvedSetting } from '../../../../src-shared/settings/layers.ts'
import type { LayerValues, SettingKey } from '../../../../src-shared/settings/settings.ts'
import { bytes } from '../../../ui/bytes.ts'
import { durationText } from '../../../ui/duration.ts'
import { countryName } from '../../../ui/countries.ts'
import type { StepDefinition, StepFormProps } from '../step.ts'
import { SETTINGS } from '../../../ui/setting-words.ts'
import classes from './fields.module.css'

interface Draft {
  set: LayerValues
  revert: SettingKey[]
}

/** Where each setting comes from. */
export const inheritanceStep: StepDefinition<Draft> = {
  action: 'Keep it like this',
  begin(_context, answer) {
    const { set = {}, revert = [] } = (answer ?? {}) as Partial<InheritanceAnswer>
    return { set, revert }
  },
  missing: () => null,
  answer: ({ set, revert }) => ({ set, revert }),
  Form: InheritanceForm,
}

function InheritanceForm({ draft, context, change }: StepFormProps<Draft>) {
  const { settings } = context
  if (!settings)
    return (
      <p className={classes.warning}>
        Its settings cannot be shown to you: you do not work for this client, or the cloud is away.
      </p>
    )
  const keys = Object.keys(SETTINGS) as SettingKey[]
  const revert = (key: SettingKey, on: boolean): void => {
    const { [key]: _own, ...set } = draft.set
    change({ set, revert: on ? [...draft.revert, key] : draft.revert.filter((one) => one !== key) })
  }
  return (
    <table className={classes.table} aria-label="Settings">
      <thead>
        <tr>
          <th>Setting</th>
          <th>Value</th>
          <th>Comes from</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => {
          const found: ResolvedSetting = settings.settings[key]
          const back = draft.revert.includes(key) && found.inherited !== null
          const own = found.origin === 'client' && !back
          const shown = back && found.inherited ? found.inherited : found
          return (
            <tr key={key} data-own={own || undefined}>
              <th scope="row">{SETTINGS[key]}</th>
              <td>{key in draft.set ? valueText(key, draft.set[key]) : valueText(key, shown.value)}</td>
              <td className={classes.short}>{originText(shown)}</td>
              <td className={classes.short}>
                {found.inherited !== null && (
                  <button type="button" className={classes.back} onClick={() => revert(key, !back)}>
                    {back ? `Keep the own ${SETTINGS[key].toLowerCase()}` : 'Inherit it again'}
                    <span className={classes.hidden}> {SETTINGS[key]}</span>
                  </button>
                )}
                {key === 'revealReasonNeeded' && found.inherited === null && (
                  <label className={classes.check}>
                    <input
                      type="checkbox"
                      data-first
                      checked={(draft.set.revealReasonNeeded ?? shown.value) === true}
                      onChange={(event) => change({ set: { ...draft.set, revealReasonNeeded: event.target.checked } })}
                    />
                    Asked for
                  </label>
                )}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function originText({ origin, name }: { origin: string; name: string | null }): string {
  if (origin === 'client') return 'The client’s own'
  if (origin === 'template') return name ?? 'Template'
  return origin === 'organisation' ? 'Your organisation' : 'Built in'
}

/** A value in a few words; lists by what is in them. */
function valueText(key: SettingKey, value: unknown): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return 'None'
    const labels = value.map((one: unknown) =>
      typeof one === 'string'
        ? one
        : String((one as { label?: string; name?: string }).label ?? (one as { name?: string }).name ?? ''),
    )
    const told = labels.filter(Boolean)
    if (told.length < labels.length) return String(value.length)
    return told.length > 5 ? `${told.slice(0, 4).join(', ')} and ${told.length - 4} more` : told.join(', ')
  }
  if (value === null) return key === 'keepDays' ? 'No promise' : 'None'
  if (typeof value === 'boolean') return value ? 'Asked for' : 'Not asked for'
  if (typeof value === 'object') return 'country' in value ? countryName(String(value.country)) : 'Set'
  if (key === 'attachmentMaxBytes') return bytes(Number(value))
  if (key === 'atRiskMinutes') return durationText(Number(value))
  if (key === 'revealForgetAfter') return `${String(value)} s`
  if (key === 'keepDays') return `${String(value)} days after the last change`
  if (key === 'atRiskPercent') return `${String(value)} % of the time`
  return String(value)
}
