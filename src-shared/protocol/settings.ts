import { z } from 'zod'
import { Configuration } from '../domain/configuration.ts'
import { Id, Instant } from '../domain/primitives.ts'
import { origins, type Resolved } from '../settings/layers.ts'
import { GivenSettings, GivenValues, LayerValues, SettingKey } from '../settings/settings.ts'

const Note = z.string().trim().max(500).optional()
const Origin = z.enum(origins)

/** One setting with where it comes from; `inherited` is what a revert would bring, null where nothing would change. */
export const SettingView = z.object({
  value: z.unknown(),
  origin: Origin,
  /** Of a template: what it is called. */
  name: z.string().nullable(),
  inherited: z.object({ value: z.unknown(), origin: Origin, name: z.string().nullable() }).nullable(),
})

const unsaid = { origin: 'built-in', name: null, inherited: null } as const
const settingViews = z.object(
  Object.fromEntries(
    SettingKey.options.map((key) => {
      const { success, data } = GivenSettings.shape[key].safeParse(undefined)
      return [key, success ? SettingView.default({ value: data, ...unsaid }) : SettingView]
    }),
  ) as Record<SettingKey, typeof SettingView>,
)

/** A client's settings: each resolved, with its origin. */
export const SettingsView = z.object({
  /** Of the client's own layer; a change names it. */
  revision: z.number().int().nonnegative(),
  template: z.object({ key: z.string(), name: z.string() }).nullable(),
  settings: settingViews as unknown as z.ZodType<Resolved, Resolved>,
  /** "A P1 raised on Friday 16:55 is due Monday 09:25."; null where nothing is promised. */
  proof: z.string().nullable(),
})
export type SettingsView = z.infer<typeof SettingsView>

const Changed = { before: z.unknown().optional(), after: z.unknown().optional() }
const Difference = z.object({ setting: SettingKey, ...Changed })

/** What differs between two states of a layer, of the settings that are known here. */
const Differences = z.codec(z.array(z.object({ setting: z.string(), ...Changed })), z.array(Difference), {
  decode: (all) => all.filter((one): one is z.infer<typeof Difference> => SettingKey.safeParse(one.setting).success),
  encode: (known) => known,
})

const unknown = (names: readonly unknown[]) =>
  `the cloud knows no setting ${names.map((name) => `“${String(name)}”`).join(', ')}; update the cloud, or leave it out`
const OwnValues = z.strictObject(LayerValues.shape, {
  error: (issue) => (issue.code === 'unrecognized_keys' ? unknown(issue.keys) : undefined),
})
const OwnKey = z.enum(SettingKey.options, { error: ({ input }) => unknown([input]) })

/** A change of a layer. */
export const SettingsChange = z.strictObject({
  /** What the change was made from. */
  revision: z.number().int().nonnegative(),
  /** Values of its own. */
  set: OwnValues.default({}),
  /** Settings that it inherits again. */
  revert: z.array(OwnKey).max(SettingKey.options.length).default([]),
  note: Note,
  /** Says what would come of it, and changes nothing. */
  dryRun: z.boolean().default(false),
})
/** As it is sent; {@link TakenChange} is what it reads as. */
export type SettingsChange = z.input<typeof SettingsChange>
export type TakenChange = z.output<typeof SettingsChange>

export const SettingsChanged = z.object({
  revision: z.number().int().nonnegative(),
  /** What differs in the layer itself. */
  changes: Differences,
  proof: z.string().nullable(),
  /** Of a client's dry run: what its compartments would get. */
  configuration: Configuration.optional(),
})
export type SettingsChanged = z.infer<typeof SettingsChanged>

/** Settings whose keys tickets hold. */
export type UsedSetting = 'statuses' | 'priorities' | 'types' | 'queues' | 'customFields'

/** How many tickets use a key: all, and those that still need work. */
export interface UsedKey {
  setting: UsedSetting
  key: string
  tickets: number
  open: number
}

/** What would come of a change. */
export interface SettingsEffect extends Pick<SettingsChanged, 'changes' | 'proof'> {
  /** Open tickets that would be due at another time; null where that cannot be said. */
  due: number | null
  /** Keys that tickets use and that would be gone. */
  gone: UsedKey[]
}

export const SettingsRestore = z.strictObject({
  revision: z.number().int().nonnegative(),
  /** The revision whose state comes again, as a new one. */
  to: z.number().int().positive(),
  note: Note,
  dryRun: z.boolean().default(false),
})
export type SettingsRestore = z.input<typeof SettingsRestore>
export type TakenRestore = z.output<typeof SettingsRestore>

/** Who changed a layer, when, and what, the newest first. */
export const SettingsHistory = z.object({
  revisions: z.array(
    z.object({
      revision: z.number().int().positive(),
      at: Instant,
      by: z.object({ id: Id.nullable(), name: z.string() }),
      note: z.string().nullable(),
      template: z.object({ key: z.string(), name: z.string() }).nullable(),
      changes: Differences,
    }),
  ),
})
export type SettingsHistory = z.infer<typeof SettingsHistory>

/** What an organisation gives to all of its clients. */
export const DefaultsView = z.object({
  revision: z.number().int().nonnegative(),
  /** Its own values; the rest is built in. */
  settings: GivenValues,
  builtIn: GivenSettings,
})
export type DefaultsView = z.infer<typeof DefaultsView>

/** How far what an organisation gives reaches. */
export const DefaultsUses = z.object({
  clients: z.number().int().nonnegative(),
  /** Clients that have a value of their own, or one of their template, by setting; the others take it. */
  own: z
    .object(
      Object.fromEntries(SettingKey.options.map((key) => [key, z.number().int().positive()])) as Record<
        SettingKey,
        z.ZodNumber
      >,
    )
    .partial(),
})
export type DefaultsUses = z.infer<typeof DefaultsUses>

/** Templates that can be chosen, and files that cannot, each with the reason. */
export const TemplateList = z.object({
  templates: z.array(
    z.object({
      key: z.string(),
      name: z.string(),
      about: z.string(),
      industry: z.string().optional(),
      settings: GivenValues,
    }),
  ),
  refused: z.array(z.object({ file: z.string(), reason: z.string() })),
})
export type TemplateList = z.infer<typeof TemplateList>
