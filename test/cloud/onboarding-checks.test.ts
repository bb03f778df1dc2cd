import { afterAll, beforeAll, expect, test } from 'vitest'
import { paths } from '../../src-shared/protocol/api.ts'
import { consoleChecks, OnboardingView, type ReportedCheck } from '../../src-shared/protocol/onboarding.ts'
import type { TestCloud } from '../support/cloud.ts'
import { betaDesk, onboardingWorld, refusal, type OnboardingDesk } from './onboarding-desk.ts'

let cloud: TestCloud
let robin: OnboardingDesk
let sam: OnboardingDesk
beforeAll(async () => {
  ;({ cloud, robin, sam } = await onboardingWorld())
})
afterAll(() => cloud.close())

const file = (name: string) => ({ onboarding: 1 as const, identity: { name, timeZone: 'UTC' } })
const report = (desk: OnboardingDesk, id: string, checks: ReportedCheck[]) =>
  desk.send(paths.onboardingChecks(id), { checks })
const checksOf = ({ steps }: OnboardingView) => new Map((steps.verify.checks ?? []).map((one) => [one.key, one]))
const whole: ReportedCheck = { key: 'audit', state: 'passed', detail: 'All of 7 rows follow from one another.' }
const broken: ReportedCheck = { key: 'recovery', state: 'failed', detail: 'The key that came back is another.' }

test('what no console has looked at is a warning and not passed; what one found is told with who and when', async () => {
  const { id } = await robin.start({ file: file('Without a console') })
  const view = await robin.untilEnd(id)
  const before = checksOf(view)
  for (const key of Object.keys(consoleChecks))
    expect(before.get(key)).toMatchObject({
      state: 'warning',
      where: 'console',
      detail: expect.stringContaining('yet'),
    })
  expect(before.get('alert')).toMatchObject({ state: 'passed', detail: expect.stringMatching(/as version \d+ of/) })
  expect(view.steps.verify.notes).toEqual(['6 of 12 passed, 6 to look at.'])

  // Also afterwards, where it changes nothing but what is told.
  const after = OnboardingView.parse(await (await report(robin, id, [whole, broken])).json())
  expect(after).toMatchObject({ state: 'live', revision: view.revision, steps: { verify: { state: 'done' } } })
  expect(checksOf(after).get('audit')).toMatchObject({
    ...whole,
    by: 'Robin of Alpha',
    at: expect.stringMatching(/^\d{4}-.*Z$/),
  })
  expect(after.steps.verify.notes).toEqual(['7 of 12 passed, 4 to look at.'])
})

test('a check that failed in a console keeps the client from going live, until it passes there', async () => {
  const { id: own } = await robin.start({
    answers: { identity: file('Checked first').identity, start: { from: 'empty' } },
  })
  await robin.until(own, 'start', 'done')
  for (const step of ['hours', 'service', 'inheritance', 'people'] as const) await robin.skip(own, step, 'As it comes')
  expect((await report(robin, own, [broken])).status).toBe(200)
  await robin.answer(own, 'verify')
  const failed = await robin.until(own, 'verify', 'failed')
  expect(failed.steps.verify.problem?.message).toBe(
    `${consoleChecks.recovery}: ${broken.detail} Correct it, then verify again.`,
  )
  await robin.answer(own, 'live')
  expect((await robin.view(own)).steps.live.state).toBe('queued')
  expect((await report(robin, own, [{ ...broken, state: 'passed', detail: 'It came back.' }])).status).toBe(200)
  await robin.untilEnd(own)
})

test('only who works for the client reports of it', async () => {
  const { id } = await robin.start({ answers: { identity: file('Not theirs').identity } })
  await robin.until(id, 'identity', 'done')
  expect(await refusal(await report(sam, id, [whole]))).toMatchObject({ status: 403, code: 'not-allowed' })
  expect((await report(await betaDesk(cloud), id, [whole])).status).toBe(404)
  await robin.cancel(id)
  expect(await refusal(await report(robin, id, [whole]))).toMatchObject({ status: 409, code: 'onboarding-over' })
})
