import { useState } from 'react'
import type { CustomField } from '../../../src-shared/domain/configuration.ts'
import { Problems } from './field-problems.tsx'
import { Rule } from './rule-form.tsx'
import { useTyped } from './typed.tsx'

const RULES = ['visibleWhen', 'requiredWhen', 'default', 'validation'] as const
type Rules = Pick<CustomField, (typeof RULES)[number]>

const EXAMPLE = `{
  "visibleWhen": [{ "field": "type", "in": ["incident"] }],
  "requiredWhen": [{ "field": "customFields.site", "filled": true }],
  "default": "A-0001",
  "validation": { "maxLength": 6, "pattern": { "like": "A-{number:4}", "wanted": "An asset number such as A-0042." } }
}`

/** Where a field is shown and needed, what it begins with and what it takes: a sentence, and JSON on Enter. */
export function FieldRules({ row, change }: { row: CustomField; change(part: Partial<CustomField>): void }) {
  const [half, keepHalf] = useTyped(`customFields:${row.key}:rules`)
  const [typed, setTyped] = useState<string | null>(null)
  const given = Object.fromEntries(RULES.flatMap((rule) => (row[rule] === undefined ? [] : [[rule, row[rule]]])))
  const text = half ?? typed ?? (Object.keys(given).length === 0 ? '' : JSON.stringify(given, null, 2))
  const wrong = half === null ? null : problemOf(half)
  const about = `rules-of-${row.key}`
  return (
    <Rule sentence={sentenceOf(row)} begin={wrong !== null}>
      {() => (
        <>
          <textarea
            aria-label={`Rules of ${row.label} as JSON`}
            aria-invalid={wrong !== null || undefined}
            aria-describedby={wrong === null ? undefined : about}
            rows={Math.min(16, Math.max(5, text.split('\n').length + 1))}
            spellCheck={false}
            placeholder={EXAMPLE}
            value={text}
            onChange={({ target }) => {
              const readable = problemOf(target.value) === null
              setTyped(target.value)
              keepHalf(readable ? null : target.value)
              if (readable) change(rulesOf(target.value))
            }}
            onBlur={() => setTyped(null)}
          />
          {wrong !== null && (
            <Problems
              id={about}
              of={[{ setting: 'customFields', index: null, field: null, text: wrong, missing: false }]}
            />
          )}
        </>
      )}
    </Rule>
  )
}

/** All four, so that one that was taken out goes. */
function rulesOf(text: string): Partial<CustomField> {
  const read = text.trim() === '' ? {} : (JSON.parse(text) as Rules)
  return Object.fromEntries(RULES.map((rule) => [rule, read[rule]]))
}

function problemOf(text: string): string | null {
  if (text.trim() === '') return null
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    return 'This is no JSON yet. Write it such as {"requiredWhen": []}, or leave it empty.'
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) return 'Rules stand in braces: {}.'
  const stray = Object.keys(read).find((key) => !RULES.some((rule) => rule === key))
  return stray === undefined ? null : `There is no rule "${stray}". There are ${RULES.join(', ')}.`
}

function sentenceOf({ visibleWhen, requiredWhen, default: begins, validation }: CustomField): string {
  const needed = requiredWhen && (requiredWhen.length === 0 ? 'needed' : 'needed by conditions')
  const parts = [
    visibleWhen && visibleWhen.length > 0 ? 'Shown by conditions' : 'Always shown',
    needed ?? 'never needed',
    begins != null && 'with a default',
    validation && 'checked',
  ]
  return parts.filter(Boolean).join(', ')
}
