import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Id } from '../../src-shared/domain/primitives.ts'
import { StepKey } from '../../src-shared/onboarding/answers.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import {
  AnswerStep,
  FirstWeek,
  CancelOnboarding,
  OnboardingList,
  OnboardingPreview,
  OnboardingView,
  ReportChecks,
  RetryStep,
  SkipStep,
  StartOnboarding,
} from '../../src-shared/protocol/onboarding.ts'
import { mustAdminister } from '../administrators.ts'
import { asOrganisation } from '../database/as.ts'
import type { Transaction } from '../database/connect.ts'
import { organisationOnly } from '../http/identity.ts'
import { ProblemBody } from '../http/problems.ts'
import type { Services } from '../http/server.ts'
import { answerStep, cancelOnboarding, fileOf, retryStep, skipStep, startOnboarding } from '../onboarding/act.ts'
import { reportChecks } from '../onboarding/console-checks.ts'
import { previewOnboarding } from '../onboarding/preview.ts'
import { firstWeek } from '../onboarding/week.ts'
import { readRecord, readRecords, summaryOf, viewOf, type OnboardingRecord } from '../onboarding/record.ts'

const refusals = {
  400: ProblemBody,
  401: ProblemBody,
  403: ProblemBody,
  404: ProblemBody,
  409: ProblemBody,
  422: ProblemBody,
}

/** Bringing clients in, step by step. What goes on by itself goes on in jobs; these routes answer at once. */
export async function onboardingRoutes(app: FastifyInstance, { api, tokens, jobs, shelf }: Services): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>()
  const security = [{ organisation: [] }]
  const identityOf = organisationOnly(app, tokens)
  const One = z.object({ id: Id })
  const OneStep = z.object({ id: Id, step: StepKey })
  /** Does what a person asks for, and has the rest go on. */
  const act = async (
    request: object,
    work: (tx: Transaction, technician: string) => Promise<OnboardingRecord>,
  ): Promise<OnboardingView> => {
    const { organisation, technician } = identityOf(request)
    const record = await asOrganisation(api, organisation, async (tx) => {
      await mustAdminister(tx, technician)
      return work(tx, technician)
    })
    return goOn(organisation, record)
  }
  const goOn = async (organisation: string, record: OnboardingRecord): Promise<OnboardingView> => {
    await jobs.ask('onboarding', record.id, { organisation, onboarding: record.id })
    return viewOf(record)
  }
  const read = (request: object, id: string) =>
    asOrganisation(api, identityOf(request).organisation, (tx) => readRecord(tx, id))

  routes.get(
    paths.onboardings,
    {
      schema: {
        summary: 'The onboardings that are under way, and the last that ended',
        security,
        response: { 200: OnboardingList, 401: ProblemBody },
      },
    },
    async (request) => {
      const records = await asOrganisation(api, identityOf(request).organisation, readRecords)
      return { onboardings: records.map(summaryOf) }
    },
  )
  routes.post(
    paths.onboardings,
    {
      schema: {
        summary: 'Bring a client in: with some answers, or with a whole file, also as a dry run',
        security,
        body: StartOnboarding,
        response: { 200: z.union([OnboardingView, OnboardingPreview]), ...refusals },
      },
    },
    async (request) => {
      const { body } = request
      if (body.dryRun && !body.file)
        throw new ProblemError('invalid-input', { reason: 'A dry run takes a whole file.' })
      if (body.dryRun && body.file)
        return previewOnboarding(api, identityOf(request), shelf, { ...body, file: body.file })
      return act(request, (tx, technician) => startOnboarding(tx, technician, body))
    },
  )
  routes.get(
    paths.onboarding(':id'),
    {
      schema: {
        summary: 'How far an onboarding is',
        security,
        params: One,
        response: { 200: OnboardingView, ...refusals },
      },
    },
    async (request) => viewOf(await read(request, request.params.id)),
  )
  routes.get(
    paths.onboardingFile(':id'),
    {
      schema: {
        summary: 'The answers of an onboarding as the file that would give them',
        security,
        params: One,
        response: { 200: z.record(z.string(), z.unknown()), ...refusals },
      },
    },
    async (request) => fileOf(await read(request, request.params.id)),
  )
  routes.get(
    paths.onboardingWeek(':id'),
    {
      schema: {
        summary: 'What happened in the first week of a client that went live',
        security,
        params: One,
        response: { 200: FirstWeek, ...refusals },
      },
    },
    async (request) => firstWeek(api, identityOf(request).organisation, request.params.id, Date.now()),
  )
  app.get<{ Params: { id: string } }>(
    paths.onboardingSummary(':id'),
    {
      schema: {
        summary: 'One page for the client that went live: what was agreed, and who to turn to',
        security,
        params: One,
        response: { 200: { description: 'PDF', content: { 'application/pdf': { schema: z.string() } } }, ...refusals },
      },
    },
    async (request, reply) => {
      // What makes pages is loaded by whoever asks for one.
      const { readSummary, summaryPdf } = await import('../onboarding/summary.ts')
      const pdf = await summaryPdf(await readSummary(api, identityOf(request).organisation, request.params.id))
      reply.header('content-type', 'application/pdf').header('x-content-type-options', 'nosniff')
      return reply.header('content-disposition', 'attachment; filename="summary.pdf"').send(pdf)
    },
  )
  routes.post(
    paths.onboardingStep(':id', ':step'),
    {
      schema: {
        summary: 'Answer a step, or answer it anew',
        security,
        params: OneStep,
        body: AnswerStep,
        response: { 200: OnboardingView, ...refusals },
      },
    },
    async (request) =>
      act(request, (tx, technician) => answerStep(tx, technician, { ...request.params, ...request.body })),
  )
  routes.post(
    paths.onboardingRetry(':id', ':step'),
    {
      schema: {
        summary: 'Do a failed step again',
        security,
        params: OneStep,
        body: RetryStep,
        response: { 200: OnboardingView, ...refusals },
      },
    },
    async (request) =>
      act(request, (tx, technician) => retryStep(tx, technician, { ...request.params, ...request.body })),
  )
  routes.post(
    paths.onboardingSkip(':id', ':step'),
    {
      schema: {
        summary: 'Leave a step out, with a reason',
        security,
        params: OneStep,
        body: SkipStep,
        response: { 200: OnboardingView, ...refusals },
      },
    },
    async (request) =>
      act(request, (tx, technician) => skipStep(tx, technician, { ...request.params, ...request.body })),
  )
  routes.post(
    paths.onboardingChecks(':id'),
    {
      schema: {
        summary: 'Report what a console found where the cloud cannot look; whoever works for the client',
        security,
        params: One,
        body: ReportChecks,
        response: { 200: OnboardingView, ...refusals },
      },
    },
    async (request) => {
      const { organisation, technician } = identityOf(request)
      const given = { ...request.params, ...request.body }
      return goOn(organisation, await asOrganisation(api, organisation, (tx) => reportChecks(tx, technician, given)))
    },
  )
  routes.post(
    paths.onboardingCancel(':id'),
    {
      schema: {
        summary: 'Take everything of it back, with a reason',
        security,
        params: One,
        body: CancelOnboarding,
        response: { 200: OnboardingView, ...refusals },
      },
    },
    async (request) =>
      act(request, (tx, technician) => cancelOnboarding(tx, technician, { ...request.params, ...request.body })),
  )
}
