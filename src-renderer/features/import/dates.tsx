import type { ImportDates } from '../../../src-shared/protocol/import.ts'
import { dateText } from '../../ui/time.ts'
import classes from './import.module.css'
import type { MappingProps } from './mapping.tsx'

/** Where nothing was found out: any such date. */
const ANY = { text: '03/04/2026', dmy: '2026-04-03', mdy: '2026-03-04' }

/** Whether the day or the month comes first in the file, as it was found out, and whose clock its times go by. */
export function Dates({ view, said, disabled, onSay }: Omit<MappingProps, 'configuration'>) {
  const filled = new Set(view.columns.filter(({ field }) => field !== null).map(({ column }) => column))
  const unclear = (view.dates?.columns ?? []).filter(({ column, sample }) => sample !== null && filled.has(column))
  const [first] = unclear
  const zone = view.dates?.zone ?? null
  const sample = first?.sample ?? ANY
  const found = unclear.every(({ order }) => order === first?.order) ? first?.order : undefined
  return (
    <>
      {(first ?? !view.dates) && (
        <label>
          <span>
            {sample.text}
            {first && ` in ${unclear.map(({ column }) => column).join(' and ')}`} is
          </span>
          <select
            className={classes.field}
            disabled={disabled}
            value={said.dates ?? found ?? ''}
            onChange={(event) => {
              const { dates: _before, ...rest } = said
              const { value } = event.target
              onSay(value === 'dmy' || value === 'mdy' ? { ...rest, dates: value } : rest)
            }}
          >
            {(!found || !first) && (
              <option value="">{first ? 'as each column has it' : 'not taken: it could be either'}</option>
            )}
            <option value="dmy">{dateText(`${sample.dmy}T12:00:00`)}: the day first</option>
            <option value="mdy">{dateText(`${sample.mdy}T12:00:00`)}: the month first</option>
          </select>
          {first && said.dates === undefined && (
            <em data-guessed={!isSure(unclear) || undefined}>
              {isSure(unclear) ? 'as other dates of the file show' : 'guessed'}
            </em>
          )}
        </label>
      )}
      {zone !== null && <p className={classes.zone}>Times without a time zone are taken as those of {zone}.</p>}
    </>
  )
}

function isSure(columns: ImportDates['columns']): boolean {
  return columns.every(({ sure }) => sure)
}
