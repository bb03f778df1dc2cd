import { expect, test } from 'vitest'
import { readMutation, type Upgrades } from '../../src-cloud/mutations/schema.ts'
import { MUTATION_SCHEMA } from '../../src-shared/protocol/mutation.ts'
import { uuid } from '../support/sample.ts'

const body = { kind: 'ticket.update', ticketId: uuid('t'), base: { status: 'open' }, patch: { status: 'done' } }
const given = { sequence: 7, schema: MUTATION_SCHEMA, at: '2026-01-01T00:00:00.000Z', body }
/** A schema 0 that called the status "state". */
const upgrades: Upgrades = {
  0: (mutation) => {
    const { state, ...rest } = mutation['body'] as { state: string }
    return { ...mutation, body: { ...rest, base: {}, patch: { status: state } } }
  },
  1: (mutation) => mutation,
  2: (mutation) => mutation,
  3: (mutation) => mutation,
  4: (mutation) => mutation,
}

test('a mutation of an older schema is brought up to this one and read', () => {
  const old = { ...given, schema: 0, body: { kind: 'ticket.update', ticketId: body.ticketId, state: 'done' } }
  expect(readMutation(old, upgrades)).toEqual({
    sequence: 7,
    mutation: { ...given, schema: MUTATION_SCHEMA, body: { ...body, base: {} } },
  })
})

test('one of schema 1, that a console wrote before tags, links and views, is read as it is', () => {
  expect(readMutation({ ...given, schema: 1 })).toEqual({ sequence: 7, mutation: given })
})

test('one that is too old is refused with a reason, one that is newer waits', () => {
  expect(readMutation({ ...given, schema: -1 }, upgrades)).toMatchObject({ reason: expect.any(String) as string })
  expect(readMutation({ ...given, schema: MUTATION_SCHEMA + 1 }, upgrades)).toEqual({ sequence: 7, newer: true })
})

test('fields that this cloud does not know yet are refused inside a patch, and skipped beside it', () => {
  expect(readMutation({ ...given, hint: 1 })).toEqual({ sequence: 7, mutation: given })
  const strange = { ...given, body: { ...body, patch: { status: 'done', mood: 'good' } } }
  expect(readMutation(strange)).toMatchObject({ reason: expect.stringContaining('wrong form') as string })
})
