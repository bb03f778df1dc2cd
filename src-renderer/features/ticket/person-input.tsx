import type { FieldValue } from '../../../src-shared/domain/ticket.ts'
import { useDesk } from '../../tenant/desk.tsx'
import { ContactFinder } from '../new-ticket/contact-finder.tsx'

interface PersonInputProps {
  label: string
  value: FieldValue | undefined
  onChange(value: FieldValue): void
}

/** A field that names a technician or a contact. */
export function PersonInput({ label, value, onChange }: PersonInputProps) {
  const { technicians } = useDesk()
  return (
    <ContactFinder
      label={label}
      contactId={typeof value === 'string' && value !== '' ? value : null}
      technicians={technicians}
      onPick={(person) => onChange(person?.id ?? null)}
    />
  )
}
