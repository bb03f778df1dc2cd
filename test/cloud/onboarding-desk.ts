import { randomUUID } from 'node:crypto'
import { expect, vi } from 'vitest'
import type { StepKey } from '../../src-shared/onboarding/answers.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { OnboardingPreview, OnboardingView, type StartOnboarding } from '../../src-shared/protocol/onboarding.ts'
import { TenantList } from '../../src-shared/protocol/session.ts'
import type { Tenant } from '../../src-shared/domain/tenant.ts'
import { ask, signIn, withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'

/** Asks a cloud to bring clients in, as one technician. */
export class OnboardingDesk {
  readonly url: string
  readonly token: string

  constructor(url: string, token: string) {
    this.url = url
    this.token = token
  }

  send(path: string, body: unknown): Promise<Response> {
    return ask(this.url, path, { token: this.token, body })
  }

  /** The clients that the technician works for. */
  async tenants(): Promise<Tenant[]> {
    return TenantList.parse(await (await ask(this.url, paths.tenants, { token: this.token })).json()).tenants
  }

  async start(given: Partial<StartOnboarding> & object): Promise<OnboardingView> {
    return this.#view(await this.send(paths.onboardings, { id: randomUUID(), ...given }))
  }

  async preview(file: unknown): Promise<OnboardingPreview['preview']> {
    const response = await this.send(paths.onboardings, { id: randomUUID(), file, dryRun: true })
    if (!response.ok) throw new Error(await response.text())
    return OnboardingPreview.parse(await response.json()).preview
  }

  async view(id: string): Promise<OnboardingView> {
    return this.#view(await ask(this.url, paths.onboarding(id), { token: this.token }))
  }

  async answer(id: string, step: StepKey, answer: unknown = {}): Promise<OnboardingView> {
    const { revision } = await this.view(id)
    return this.#view(await this.send(paths.onboardingStep(id, step), { revision, answer }))
  }

  async skip(id: string, step: StepKey, reason: string): Promise<OnboardingView> {
    const { revision } = await this.view(id)
    return this.#view(await this.send(paths.onboardingSkip(id, step), { revision, reason }))
  }

  async cancel(id: string, reason = 'They chose another provider'): Promise<OnboardingView> {
    const { revision } = await this.view(id)
    return this.#view(await this.send(paths.onboardingCancel(id), { revision, reason }))
  }

  /** Waits until a step has come so far. */
  async until(id: string, step: StepKey, state: string): Promise<OnboardingView> {
    return vi.waitFor(async () => {
      const view = await this.view(id)
      expect(view.steps[step]).toMatchObject({ state })
      return view
    })
  }

  /** Waits until it is over. */
  async untilEnd(id: string, state = 'live'): Promise<OnboardingView> {
    return vi.waitFor(async () => {
      const view = await this.view(id)
      expect({ state: view.state, steps: problemsOf(view) }).toEqual({ state, steps: [] })
      return view
    })
  }

  async #view(response: Response): Promise<OnboardingView> {
    if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`)
    return OnboardingView.parse(await response.json())
  }
}

/** What stands in the way of it, for a failure that can be read. */
function problemsOf({ steps }: OnboardingView): string[] {
  return Object.entries(steps).flatMap(([key, { problem }]) => (problem ? [`${key}: ${problem.message}`] : []))
}

/** The sentence of a refusal, with its code. */
export async function refusal(response: Response): Promise<{ status: number; code: string; message: string }> {
  const { error } = (await response.json()) as { error: { code: string; message: string } }
  return { status: response.status, code: error.code, message: error.message }
}

export interface OnboardingWorld {
  cloud: TestCloud
  /** Of Alpha, who works for Acme and Zephyr. */
  robin: OnboardingDesk
  /** Of Alpha too, and like Robin an administrator. So is Kim, who is none and not signed in. */
  sam: OnboardingDesk
}

/** A cloud with Alpha (Robin, Sam and Kim; Acme and Zephyr) and Beta (Borealis). */
export async function onboardingWorld(): Promise<OnboardingWorld> {
  const alpha = sampleOrganisation('Alpha', [sampleClient('Acme', 5), sampleClient('Zephyr', 3)])
  for (const name of ['Sam', 'Kim'])
    alpha.technicians.push({
      id: uuid('technician', name),
      name,
      email: `${name.toLowerCase()}@alpha.example`,
      password: 'secret',
      role: name === 'Sam' ? 'administrator' : 'technician',
    })
  const cloud = await withCloud([alpha, sampleOrganisation('Beta', [sampleClient('Borealis', 3)])])
  const session = await signIn(cloud.url, { email: 'sam@alpha.example', password: 'secret' })
  return {
    cloud,
    robin: new OnboardingDesk(cloud.url, (await cloud.signIn()).accessToken),
    sam: new OnboardingDesk(cloud.url, session.accessToken),
  }
}

/** Beta's technician at the same cloud. */
export async function betaDesk(cloud: TestCloud): Promise<OnboardingDesk> {
  return new OnboardingDesk(cloud.url, (await cloud.signIn(1)).accessToken)
}
