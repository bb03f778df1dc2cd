import type { HoursAnswer, PeopleAnswer, Right } from '../../../../src-shared/onboarding/answers.ts'
import type { StepDefinition, StepFormProps } from '../step.ts'
import classes from './fields.module.css'

interface Draft {
  /** By email; who is not in it sees nothing. */
  may: Record<string, Right[]>
}

const RIGHTS: [Right, string][] = [
  ['see', 'Sees it'],
  ['act', 'Acts'],
  ['reveal', 'Reveals secrets'],
]

/** Who may what. */
export const peopleStep: StepDefinition<Draft> = {
  action: 'Let them',
  begin({ me, choices, view }, answer) {
    // Who is on call has to get there.
    const { onCall } = (view?.answers.hours ?? {}) as HoursAnswer
    const called = (onCall?.technicians ?? []).map((email): [string, Right[]] => [email, ['see', 'act']])
    const { people } = (answer ?? {}) as Partial<PeopleAnswer>
    // Somebody may be named by their id.
    const emailOf = (named: string) => choices?.technicians.find(({ id }) => id === named)?.email ?? named
    return {
      may: people
        ? Object.fromEntries(people.map(({ technician, may }) => [emailOf(technician), may]))
        : { ...Object.fromEntries(called), [me.email]: ['see', 'act', 'reveal'] },
    }
  },
  missing: ({ may }) =>
    Object.values(may).some((rights) => rights.includes('act'))
      ? null
      : 'Nobody could work for this client. Let at least one person act.',
  answer: ({ may }) => ({
    people: Object.entries(may)
      .filter(([, rights]) => rights.length > 0)
      .map(([technician, rights]) => ({ technician, may: rights })),
  }),
  Form: PeopleForm,
}

function PeopleForm({ draft, context, change }: StepFormProps<Draft>) {
  const give = (email: string, right: Right, on: boolean): void => {
    const before = draft.may[email] ?? []
    // Who acts or reveals sees; who does not see does neither.
    const next: Right[] = on
      ? [...new Set<Right>(['see', ...before, right])]
      : right === 'see'
        ? []
        : before.filter((one) => one !== right)
    change({ may: { ...draft.may, [email]: next } })
  }
  const technicians = context.choices?.technicians ?? []
  return (
    <>
      {draft.may[context.me.email]?.length === 0 && (
        <p className={classes.warning}>You will not see this client yourself any more.</p>
      )}
      <table className={classes.table} aria-label="People">
        <thead>
          <tr>
            <th>Technician</th>
            {RIGHTS.map(([right, label]) => (
              <th key={right}>{label}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {technicians.map(({ id, name, email, role }, row) => (
            <tr key={id}>
              <th scope="row">
                {name}
                <small>
                  {email}
                  {role === 'administrator' && ', administrator'}
                </small>
              </th>
              {RIGHTS.map(([right, label], column) => (
                <td key={right}>
                  <input
                    type="checkbox"
                    data-first={(row === 0 && column === 0) || undefined}
                    aria-label={`${name}: ${label}`}
                    checked={draft.may[email]?.includes(right) ?? false}
                    onChange={(event) => give(email, right, event.target.checked)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
