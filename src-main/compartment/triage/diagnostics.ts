import type { SyncReport } from '../../../src-shared/domain/views.ts'
import { API_VERSION } from '../../../src-shared/protocol/api.ts'
import { CACHE_VERSION } from '../cache/schema.ts'
import { ledgerSteps } from '../ledger/steps.ts'

/** What support needs to know of one client's sync, as text: no name, no text and no id of the client. */
export function diagnosticsOf(report: SyncReport): string {
  const { state, outbox, compared } = report
  const attempts = outbox.map((entry) => entry.attempts)
  const lines: [string, string | number | null][] = [
    ['time', new Date().toISOString()],
    ['node', process.versions.node],
    ['system', `${process.platform} ${process.arch}`],
    ['protocol', API_VERSION],
    ['schema', `ledger ${ledgerSteps.length}, cache ${CACHE_VERSION}`],
    ['phase', state.phase],
    ['paused', String(report.paused)],
    ['problem', state.problem?.code ?? null],
    ['breaker', report.breaker],
    ['cursor', report.cursor],
    ['head', report.head],
    ['progress', state.progress ? `${state.progress.rows} of ${state.progress.total}` : null],
    ['last success', state.lastSuccessAt],
    ['last pull', report.lastPullAt],
    ['last push', report.lastPushAt],
    ['compared', compared?.at ?? null],
    ['mended', compared?.mended ? `${compared.mended.rows ?? 'all'} rows, ${compared.mended.at}` : null],
    ['next try', report.nextTry?.at ?? null],
    ['unsent', state.pending],
    ['undecided', state.failed],
    ['kinds of unsent', countBy(outbox.map((entry) => entry.kind))],
    ['oldest unsent', outbox[0]?.at ?? null],
    ['most attempts', attempts.length === 0 ? null : Math.max(...attempts)],
    ['cache bytes', report.files.cacheBytes],
    ['ledger bytes', report.files.ledgerBytes],
  ]
  return lines.map(([name, value]) => `${name}: ${value ?? 'none'}\n`).join('')
}

function countBy(kinds: string[]): string | null {
  const counts = Map.groupBy(kinds, (kind) => kind)
  return counts.size === 0 ? null : [...counts].map(([kind, all]) => `${kind} ${all.length}`).join(', ')
}
