import type { BulkText } from '../../../src-shared/domain/bulk.ts'
import type { FilledTicket, Macro } from '../../../src-shared/domain/macros.ts'
import { variablesOf } from '../../../src-shared/domain/macros.ts'
import type { Writing } from '../../tenant/bulk.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { tooLong } from '../ticket/long-text.ts'
import { textOf, type Filling } from './fill.ts'

/** The text of a macro for many tickets, and how the first of them reads. */
export interface MacroTexts {
  kind: BulkText['kind']
  write: Writing
  /** The first text that was written, and for whom; null before. */
  first(): { number: number; to: string | null; body: string } | null
}

/**
 * Fills the text of a macro in, for each ticket what is known of it. One that has not all that it takes gets none: nobody
 * looks at each.
 * @returns null where the macro has no text
 */
export function textsOf(
  { client }: Pick<Tenant, 'client'>,
  macro: Macro,
  about: Omit<Filling, 'detail'>,
): MacroTexts | null {
  if (macro.text === undefined) return null
  let first: ReturnType<MacroTexts['first']> = null
  const write: Writing = async (ids) => {
    const found = await client.tickets.fillings.query({ ids: [...ids] })
    const texts: BulkText[] = []
    const whys: string[] = []
    for (const detail of found) {
      const body = textOf(macro, { ...about, detail }) ?? ''
      const why = whyNot(macro, detail, body)
      if (why !== null) {
        whys.push(why)
        continue
      }
      texts.push({ id: detail.ticket.id, kind: macro.kind, body })
      first ??= { number: detail.ticket.number, to: detail.requester?.name ?? null, body }
    }
    const held = whys[0] === undefined ? null : { count: whys.length, why: whys[0] }
    return { texts, held, gone: ids.length - found.length }
  }
  return { kind: macro.kind, write, first: () => first }
}

/** Why a ticket does not get the text, or null. */
function whyNot({ kind }: Macro, { requester }: FilledTicket, body: string): string | null {
  if (kind === 'reply' && !requester) return 'No requester is recorded: nobody would get the reply.'
  const [unfilled] = variablesOf(body)
  return unfilled === undefined ? tooLong(body) : `What {{${unfilled}}} stands for is not known of them.`
}
