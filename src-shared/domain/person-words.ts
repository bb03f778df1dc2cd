import { own } from './own.ts'

/** What somebody is called of whom only an id is left: a technician, or anybody. */
export const FORMER = 'Former technician'
export const UNKNOWN = 'Unknown person'

/** What somebody is called who does not work for the client any more, by the name where it is known. */
export function formerName(name: string | undefined): string {
  return name === undefined ? FORMER : `${name} (former)`
}

/** What a technician is called, also one who does not work for the client any more; undefined where nobody here knows. */
export function knownName(
  id: string,
  { technicians, former }: { technicians: readonly { id: string; name: string }[]; former?: Record<string, string> },
): string | undefined {
  const left = own(former, id)
  return technicians.find((one) => one.id === id)?.name ?? (left === undefined ? undefined : formerName(left))
}

/** Whether a value of a field that names a person is an id; others are names that were imported as they stood. */
export function isPersonId(value: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
}
