import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { paths } from '../../src-shared/protocol/api.ts'
import {
  DefaultsUses,
  DefaultsView,
  SettingsChange,
  SettingsChanged,
  SettingsHistory,
  SettingsRestore,
  SettingsView,
  TemplateList,
} from '../../src-shared/protocol/settings.ts'
import { mustAdminister } from '../administrators.ts'
import { asOrganisation, asTenant } from '../database/as.ts'
import { organisationOnly, tenantOnly } from '../http/identity.ts'
import { ProblemBody } from '../http/problems.ts'
import type { Services } from '../http/server.ts'
import { changeSettings, restoreSettings, settingsHistory, viewSettings } from '../settings/client.ts'
import { changeDefaults, defaultsHistory, defaultsUses, restoreDefaults, viewDefaults } from '../settings/defaults.ts'

const refusals = { 400: ProblemBody, 401: ProblemBody, 403: ProblemBody, 409: ProblemBody, 422: ProblemBody }

/** The layered settings of one tenant: the token decides which. */
export async function settingsRoutes(app: FastifyInstance, { api, tokens }: Services): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>()
  const security = [{ tenant: [] }]
  const identityOf = tenantOnly(app, tokens)

  routes.get(
    paths.settings,
    {
      schema: {
        summary: 'All settings of the client, each with the layer that it comes from',
        security,
        response: { 200: SettingsView, 401: ProblemBody },
      },
    },
    async (request) => asTenant(api, identityOf(request).tenant, viewSettings),
  )
  routes.post(
    paths.settings,
    {
      schema: {
        summary: 'Change the client’s own settings, or inherit them again',
        security,
        body: SettingsChange,
        response: { 200: SettingsChanged, ...refusals },
      },
    },
    async (request) => {
      const { tenant, technician } = identityOf(request)
      return asTenant(api, tenant, (tx) => changeSettings(tx, technician, request.body))
    },
  )
  routes.get(
    paths.settingsHistory,
    {
      schema: {
        summary: 'Who changed the client’s settings, when and what, the newest first',
        security,
        response: { 200: SettingsHistory, 401: ProblemBody },
      },
    },
    async (request) => asTenant(api, identityOf(request).tenant, settingsHistory),
  )
  routes.post(
    paths.settingsRestore,
    {
      schema: {
        summary: 'Give the client an older state of its settings again',
        security,
        body: SettingsRestore,
        response: { 200: SettingsChanged, 404: ProblemBody, ...refusals },
      },
    },
    async (request) => {
      const { tenant, technician } = identityOf(request)
      return asTenant(api, tenant, (tx) => restoreSettings(tx, technician, request.body))
    },
  )
}

/** What the organisation gives to all of its tenants, and the templates that there are. */
export async function defaultsRoutes(app: FastifyInstance, { api, tokens, jobs, shelf }: Services): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>()
  const security = [{ organisation: [] }]
  const identityOf = organisationOnly(app, tokens)
  const inherit = (organisation: string) => jobs.ask('defaults', organisation, { organisation })

  routes.get(
    paths.templates,
    {
      schema: {
        summary: 'The templates that a client can begin with, and the files that cannot be used',
        security,
        response: { 200: TemplateList, 401: ProblemBody },
      },
    },
    async () => shelf,
  )
  routes.get(
    paths.defaults,
    {
      schema: {
        summary: 'What the organisation gives to all of its clients',
        security,
        response: { 200: DefaultsView, 401: ProblemBody },
      },
    },
    async (request) => asOrganisation(api, identityOf(request).organisation, viewDefaults),
  )
  routes.post(
    paths.defaults,
    {
      schema: {
        summary: 'Change what the organisation gives; its clients get it one after the other',
        security,
        body: SettingsChange,
        response: { 200: SettingsChanged, ...refusals },
      },
    },
    async (request) => {
      const { organisation, technician } = identityOf(request)
      const changed = await asOrganisation(api, organisation, async (tx) => {
        await mustAdminister(tx, technician)
        return changeDefaults(tx, technician, request.body)
      })
      if (!request.body.dryRun) await inherit(organisation)
      return changed
    },
  )
  routes.get(
    paths.defaultsUses,
    {
      schema: {
        summary: 'How many clients take what the organisation gives, and how many have their own',
        security,
        response: { 200: DefaultsUses, 401: ProblemBody },
      },
    },
    async (request) => defaultsUses(api, identityOf(request).organisation),
  )
  routes.get(
    paths.defaultsHistory,
    {
      schema: {
        summary: 'Who changed what the organisation gives, when and what, the newest first',
        security,
        response: { 200: SettingsHistory, 401: ProblemBody },
      },
    },
    async (request) => asOrganisation(api, identityOf(request).organisation, defaultsHistory),
  )
  routes.post(
    paths.defaultsRestore,
    {
      schema: {
        summary: 'Give an older state of what the organisation gives again',
        security,
        body: SettingsRestore,
        response: { 200: SettingsChanged, 404: ProblemBody, ...refusals },
      },
    },
    async (request) => {
      const { organisation, technician } = identityOf(request)
      const changed = await asOrganisation(api, organisation, async (tx) => {
        await mustAdminister(tx, technician)
        return restoreDefaults(tx, technician, request.body)
      })
      if (!request.body.dryRun) await inherit(organisation)
      return changed
    },
  )
}
