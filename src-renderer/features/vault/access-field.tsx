import { Checkbox, Select } from '@mantine/core'
import type { CredentialAccess } from '../../../src-shared/domain/vault.ts'
import { useDesk } from '../../tenant/desk.tsx'
import classes from './vault.module.css'

interface AccessFieldProps {
  label: string
  value: CredentialAccess
  onChange(value: CredentialAccess): void
}

/** Everybody who works for the client, or these. */
export function AccessField({ label, value, onChange }: AccessFieldProps) {
  const { technicians, me } = useDesk()
  return (
    <div>
      <Select
        label={label}
        allowDeselect={false}
        data={[
          { value: 'everyone', label: 'Everybody who works for this client' },
          { value: 'some', label: 'Only these' },
        ]}
        value={value === 'everyone' ? 'everyone' : 'some'}
        onChange={(next) => onChange(next === 'everyone' ? 'everyone' : [me])}
      />
      {value !== 'everyone' && (
        <div className={classes.people} role="group" aria-label={label}>
          {technicians.map(({ id, name }) => (
            <Checkbox
              key={id}
              size="xs"
              label={id === me ? `${name} (me)` : name}
              checked={value.includes(id)}
              onChange={(event) =>
                onChange(event.currentTarget.checked ? [...value, id] : value.filter((one) => one !== id))
              }
            />
          ))}
        </div>
      )}
    </div>
  )
}
