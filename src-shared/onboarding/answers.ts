import { z } from 'zod'
import { SecretHeader, TriedConnection } from '../domain/connection.ts'
import { Logo } from '../domain/logo.ts'
import { Colour, TimeZone } from '../domain/primitives.ts'
import { LayerValues, HolidayPlace, SettingKey } from '../settings/settings.ts'
import { DateOnly, Holiday, TimeOfDay, WeeklyHours } from '../sla/schema.ts'

/** The steps of an onboarding, in their order. */
export const steps = [
  ...(['identity', 'start', 'hours', 'service', 'inheritance', 'people'] as const),
  ...(['connect', 'verify', 'live'] as const),
] as const
export const StepKey = z.enum(steps)
export type StepKey = z.infer<typeof StepKey>

/** Letters of any script; no control characters and no marks that turn the direction of what stands behind them. */
export const Line = (longest: number) =>
  z
    .string()
    .trim()
    .min(1, { error: 'is empty' })
    .max(longest, { error: ({ input }) => `has ${String(input).length} characters; ${longest} at most` })
    .regex(/^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u, { error: 'has characters that cannot be seen' })

/** An internet domain in its ASCII form; capitals and other scripts are taken and turned into it. */
export const Domain = z
  .string()
  .trim()
  .max(253)
  .transform((text, context) => {
    const found = hostOf(text.toLowerCase())
    if (found === null)
      context.addIssue({ code: 'custom', message: `"${text.slice(0, 60)}" is no domain such as example.com` })
    return found ?? text
  })

function hostOf(text: string): string | null {
  if (!/^[^\s/:@?#\\[\]]+\.[^\s/:@?#\\[\]]+$/u.test(text)) return null
  // Other scripts come back in their ASCII form.
  const normal = z.url({ normalize: true }).safeParse(`http://${text}/`)
  const host = normal.success ? (/^http:\/\/([^/]+)\/$/.exec(normal.data)?.[1] ?? '') : ''
  return /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/.test(host)
    ? host
    : null
}

export const Identity = z.strictObject({
  name: Line(200),
  /** For narrow places; made of the name where it is left out. */
  shortName: Line(24).optional(),
  domains: z.array(Domain).max(50).default([]),
  /** Other names that technicians know the client by. */
  aliases: z.array(Line(100)).max(20).default([]),
  industry: z.string().max(100).optional(),
  /** People who work there. */
  size: z.number().int().min(1).max(10_000_000).optional(),
  /** ISO 3166-1, `DE`. */
  country: HolidayPlace.shape.country.optional(),
  /** Known by the country where that has one only. */
  timeZone: TimeZone.optional(),
  /** BCP 47, `de` or `pt-BR`. */
  language: z
    .string()
    .regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, { error: 'is a language such as de or pt-BR' })
    .optional(),
  colour: Colour.optional(),
  logo: Logo.optional(),
})
export type Identity = z.infer<typeof Identity>

/** What a client begins with. */
export const StartFrom = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('template'), template: z.string().min(1).max(64) }),
  /** The configuration of a client, by id or name: never its secrets, contacts or tickets. */
  z.strictObject({ from: z.literal('client'), client: z.string().min(1).max(200) }),
  z.strictObject({ from: z.literal('empty') }),
])
export type StartFrom = z.infer<typeof StartFrom>

/** A technician by email or id. */
const Technician = z.string().trim().min(3).max(320)

export const HoursAnswer = z.strictObject({
  /** Those of the first calendar; the others stay as they come. */
  hours: z.union([z.literal('24x7'), WeeklyHours]).optional(),
  /** Absent: those of the client's country. Null for none. */
  holidays: HolidayPlace.nullable().optional(),
  ownDays: z.array(Holiday).max(500).optional(),
  /** Technicians who take turns. */
  onCall: z
    .strictObject({
      technicians: z.array(Technician).min(1).max(100),
      handover: TimeOfDay.default('08:00'),
      /** Days of one turn. */
      days: z.number().int().min(1).max(366).default(7),
      /** The first day; today where it is left out. */
      from: DateOnly.optional(),
    })
    .optional(),
})
export type HoursAnswer = z.infer<typeof HoursAnswer>

const {
  statuses,
  priorities,
  priorityMatrix,
  types,
  queues,
  customFields,
  targets,
  atRiskPercent,
  escalations,
  naming,
} = LayerValues.shape
export const ServiceAnswer = z.strictObject({
  ...{ statuses, priorities, priorityMatrix, types, queues, customFields, targets, atRiskPercent, escalations, naming },
  /** Names that there are, by the key of a convention: those that do not follow it are told. */
  existingNames: z.record(z.string().max(64), z.array(z.string().max(256)).max(5000)).optional(),
})
export type ServiceAnswer = z.infer<typeof ServiceAnswer>

export const InheritanceAnswer = z.strictObject({
  /** Values of the client's own. */
  set: LayerValues.default({}),
  /** Settings that it takes from the layers below. */
  revert: z.array(SettingKey).max(SettingKey.options.length).default([]),
})
export type InheritanceAnswer = z.infer<typeof InheritanceAnswer>

/** What a technician may at a client. Who may nothing sees nothing. */
export const Right = z.enum(['see', 'act', 'reveal'])
export type Right = z.infer<typeof Right>

export const PeopleAnswer = z.strictObject({
  people: z
    .array(
      z.strictObject({
        technician: Technician,
        may: z
          .array(Right)
          .max(3)
          .refine((may) => may.length === 0 || may.includes('see'), {
            error: 'Who acts or reveals has to see too: add see',
          }),
      }),
    )
    .max(1000),
})
export type PeopleAnswer = z.infer<typeof PeopleAnswer>

/** The address of a system: what could hold a secret is no part of it. */
const SystemAddress = z
  .url({ protocol: /^https$/, error: 'is no address that begins with https://' })
  .max(2000)
  .refine((url) => !/[?#]|^https:\/\/[^/]*@/.test(url), {
    error: 'may hold a secret: give the address without a user, and without what follows ? or #',
  })

/** A system of the client that its vault has a credential for. Never the credential: that stays in the console's vault. */
export const Connection = z.strictObject({
  name: Line(100),
  url: SystemAddress,
  /** How the secret goes along: `bearer` (RFC 6750), `basic` (RFC 7617), or in a header of its own. */
  as: z.union([z.enum(['bearer', 'basic']), z.strictObject({ header: SecretHeader })]).default('bearer'),
  /** What came of trying it out, where the secret is. */
  tried: TriedConnection.optional(),
})
export type Connection = z.infer<typeof Connection>

export const ConnectAnswer = z.strictObject({
  connections: z
    .array(Connection)
    .max(50)
    .refine((all) => new Set(all.map(({ name }) => name.toLowerCase())).size === all.length, {
      error: 'have the same name twice: give each its own',
    })
    .default([]),
})
export type ConnectAnswer = z.infer<typeof ConnectAnswer>

export const VerifyAnswer = z.strictObject({})
export const LiveAnswer = z.strictObject({
  /** What is signed off, and by whom at the client. */
  note: z.string().trim().max(1000).optional(),
})
export type LiveAnswer = z.infer<typeof LiveAnswer>

/** The form of each step's answer. */
export const answerOf = {
  identity: Identity,
  start: StartFrom,
  hours: HoursAnswer,
  service: ServiceAnswer,
  inheritance: InheritanceAnswer,
  people: PeopleAnswer,
  connect: ConnectAnswer,
  verify: VerifyAnswer,
  live: LiveAnswer,
} as const satisfies Record<StepKey, z.ZodType>

export type Answers = { [K in StepKey]?: z.output<(typeof answerOf)[K]> | undefined }

/** Any of the answers, on its own. */
export const SomeAnswers = z.strictObject(
  Object.fromEntries(steps.map((step) => [step, answerOf[step].optional()])) as {
    [K in StepKey]: z.ZodOptional<(typeof answerOf)[K]>
  },
)

/**
 * A whole onboarding as a file: what is left out of it is taken as it comes, so that a name, where the client is and what
 * it begins with are enough.
 */
export const OnboardingFile = z.strictObject({
  /** Version of this form. */
  onboarding: z.literal(1),
  identity: Identity,
  start: StartFrom.default({ from: 'empty' }),
  hours: HoursAnswer.default({}),
  service: ServiceAnswer.default({}),
  inheritance: InheritanceAnswer.default({ set: {}, revert: [] }),
  /** Absent: whoever onboards may everything, and nobody else anything. */
  people: PeopleAnswer.optional(),
  connect: ConnectAnswer.default({ connections: [] }),
  verify: z.union([VerifyAnswer, z.strictObject({ skip: z.string().trim().min(3).max(500) })]).default({}),
  live: LiveAnswer.default({}),
})
export type OnboardingFile = z.infer<typeof OnboardingFile>
