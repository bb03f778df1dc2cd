import { z } from 'zod'
import { problemOf, problems, ProblemError, type ProblemCode } from '../../../src-shared/problem.ts'
import { paths } from '../../../src-shared/protocol/api.ts'
import { SettingsChanged, SettingsHistory, SettingsView } from '../../../src-shared/protocol/settings.ts'
import type { LayerValues } from '../../../src-shared/settings/settings.ts'
import type { Bench } from '../bench.ts'
import type { Cloud } from '../sync/cloud.ts'
import { effectOf, usesOf } from './effect.ts'
import { readSettingsFile, settingsFile } from '../../settings-files/file.ts'
import type { SettingsCalls } from './router.ts'

const Answer = z.object({ error: z.object({ code: z.string(), message: z.string().max(2000) }) })
/** Milliseconds that one request may take. */
const TIMEOUT = 20_000
/** Refusals that come with the cloud's own sentence. */
const REFUSED = [400, 403, 404, 409, 422]

/** Asks the cloud for settings, beside the sync: neither holds the other up. @param synced is called after a change */
export function settingsCalls(bench: Bench, cloud: Cloud, synced: () => void): SettingsCalls {
  const ask = async <Schema extends z.ZodType>(path: string, schema: Schema, body?: unknown) => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers: JSON_HEADERS }
    try {
      const answer = await cloud.request(path, init, AbortSignal.timeout(TIMEOUT), REFUSED)
      try {
        const told: unknown = await answer.response.json()
        if (answer.status >= 300) throw refusal(told, answer.status)
        return schema.parse(told)
      } finally {
        answer.end()
      }
    } catch (error) {
      const { code } = problemOf(error)
      if (code === 'cloud-unreachable' || code === 'cancelled') throw new ProblemError('settings-offline')
      throw error
    }
  }
  const view = () => ask(paths.settings, SettingsView)
  return {
    view,
    history: () => ask(paths.settingsHistory, SettingsHistory),
    async preview(change) {
      const tried = await ask(paths.settings, SettingsChanged, { ...change, dryRun: true })
      const { configuration } = tried
      const effect = configuration && bench.read(({ cache }) => effectOf(cache, configuration))
      return { proof: tried.proof, changes: tried.changes, due: effect?.due ?? null, gone: effect?.gone ?? [] }
    },
    async change(change) {
      const changed = await ask(paths.settings, SettingsChanged, change)
      synced()
      return changed
    },
    async restore(restore) {
      const changed = await ask(paths.settingsRestore, SettingsChanged, restore)
      synced()
      return changed
    },
    uses: () => bench.read(({ cache }) => usesOf(cache)),
    async file() {
      const { settings } = await view()
      const own = Object.entries(settings).filter(([, { origin }]) => origin === 'client')
      const valued = (of: typeof own) => Object.fromEntries(of.map(([key, { value }]) => [key, value])) as LayerValues
      return settingsFile(valued(own), valued(Object.entries(settings)))
    },
    readFile: readSettingsFile,
  }
}

const JSON_HEADERS = { 'content-type': 'application/json' }

function refusal(body: unknown, status: number): ProblemError {
  const { data } = Answer.safeParse(body)
  if (!data || !(data.error.code in problems)) return new ProblemError('cloud-failed', { status })
  const found = new ProblemError(data.error.code as ProblemCode)
  found.problem.message = found.message = data.error.message
  return found
}
