import { keyOf, type FieldSketch } from './profile.ts'
import type { Kind } from './topics/topic.ts'

type Options = { chance?: number; on?: Kind[] }

function sketch(given: Options, rest: Omit<FieldSketch, 'chance' | 'on'>): FieldSketch {
  return { chance: given.chance ?? 0.6, ...(given.on ? { on: given.on } : {}), ...rest }
}

/** One of a few words. */
export function select(label: string, options: string[], given: Options = {}): FieldSketch {
  return sketch(given, {
    field: { type: 'select', key: keyOf(label), label, options: options.map((o) => ({ key: keyOf(o), label: o })) },
    value: ({ random }) => keyOf(random.pick(options)),
  })
}

/** Up to three of a few words. */
export function several(label: string, options: string[], given: Options = {}): FieldSketch {
  return sketch(given, {
    field: {
      type: 'multi-select',
      key: keyOf(label),
      label,
      options: options.map((o) => ({ key: keyOf(o), label: o })),
    },
    value: ({ random }) => [...new Set(Array.from({ length: random.int(1, 3) }, () => keyOf(random.pick(options))))],
  })
}

/** A line of text made from a template. */
export function text(label: string, template: string, given: Options = {}): FieldSketch {
  return sketch(given, { field: { type: 'text', key: keyOf(label), label }, value: ({ fill }) => fill(template) })
}

export function link(label: string, template: string, given: Options = {}): FieldSketch {
  return sketch(given, { field: { type: 'url', key: keyOf(label), label }, value: ({ fill }) => fill(template) })
}

/** Ticked on this share of tickets, and false on the rest. */
export function checkbox(label: string, ticked: number, given: Options = {}): FieldSketch {
  return sketch(
    { chance: 1, ...given },
    { field: { type: 'checkbox', key: keyOf(label), label }, value: ({ random }) => random.chance(ticked) },
  )
}

export function number(label: string, low: number, high: number, given: Options = {}): FieldSketch {
  return sketch(given, {
    field: { type: 'number', key: keyOf(label), label },
    value: ({ random }) => random.int(low, high),
  })
}

/** A day one to four weeks after the ticket was opened, as YYYY-MM-DD. */
export function date(label: string, given: Options = {}): FieldSketch {
  return sketch(given, {
    field: { type: 'date', key: keyOf(label), label },
    value: ({ random, createdAt }) => new Date(createdAt + random.int(7, 28) * 86_400_000).toISOString().slice(0, 10),
  })
}

/** Several lines, or an instant, that nobody draws: special tickets have it. */
export function special(type: 'long-text' | 'date-time', label: string): FieldSketch {
  return { field: { type, key: keyOf(label), label }, chance: 0, value: () => null }
}
