import { go } from 'fuzzysort'
import type { Desk, ListSection } from '../../../src-shared/domain/views.ts'
import { Marked, Picker } from '../../ui/picker.tsx'
import { useMinute } from '../../ui/time.ts'
import { allColumns } from './columns.ts'
import classes from './columns.module.css'
import { sectionLabel } from './section-row.tsx'

interface Offer {
  key: string | null
  label: string
  count?: number
}

/** Fits for a text, best first; all of them for none. */
function searchIn(offers: readonly Offer[], text: string): { offer: Offer; indexes: readonly number[] }[] {
  if (text.trim() === '') return offers.map((offer) => ({ offer, indexes: [] }))
  return go(text.trim(), offers, { key: 'label', limit: 0, threshold: 0.2 }).map((result) => ({
    offer: result.obj,
    indexes: [...result.indexes],
  }))
}

interface OffersProps {
  label: string
  offers: readonly Offer[]
  /** Undefined for the first. */
  initial: string | null | undefined
  onPick(key: string | null): void
  onClose(): void
}

function Offers({ label, offers, initial, onPick, onClose }: OffersProps) {
  return (
    <Picker
      label={label}
      placeholder={label}
      {...(initial !== undefined && { initial: JSON.stringify(initial) })}
      search={(text) => searchIn(offers, text)}
      keyOf={({ offer }) => JSON.stringify(offer.key)}
      render={({ offer, indexes }) => (
        <>
          <span>
            <Marked text={offer.label} indexes={indexes} />
          </span>
          {offer.count !== undefined && <span className={classes.count}>{offer.count.toLocaleString('en')}</span>}
        </>
      )}
      empty="Nothing here goes by that name."
      onPick={({ offer }) => onPick(offer.key)}
      onClose={onClose}
    />
  )
}

interface GroupPickerProps {
  desk: Desk
  group: string | null
  onPick(group: string | null): void
  onClose(): void
}

/** Chooses the column whose values part the list into sections. */
export function GroupPicker({ desk, group, onPick, onClose }: GroupPickerProps) {
  const offers = allColumns(desk)
    .filter(({ groups, gone, key }) => (groups && !gone) || key === group)
    .map(({ key, label }) => ({ key, label }))
  return (
    <Offers
      label="Group by"
      offers={[{ key: null, label: 'No sections' }, ...offers]}
      initial={group}
      onPick={onPick}
      onClose={onClose}
    />
  )
}

interface SectionPickerProps {
  desk: Desk
  group: string
  sections: readonly ListSection[]
  onPick(key: string | null): void
  onClose(): void
}

/** Goes to a section by its name; a closed one is opened. */
export function SectionPicker({ desk, group, sections, onPick, onClose }: SectionPickerProps) {
  const now = useMinute()
  const offers = sections.map(({ key, count }) => ({ key, count, label: sectionLabel(group, key, desk, now) }))
  return <Offers label="Go to section" offers={offers} initial={undefined} onPick={onPick} onClose={onClose} />
}
