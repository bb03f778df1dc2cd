/** What is read of a JSON Schema, as zod and OpenAPI write it. */
export interface JsonSchema {
  type?: string | string[]
  format?: string
  const?: unknown
  enum?: unknown[]
  default?: unknown
  properties?: Record<string, JsonSchema>
  required?: string[]
  propertyNames?: JsonSchema
  additionalProperties?: JsonSchema | boolean
  items?: JsonSchema
  minItems?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  oneOf?: JsonSchema[]
  anyOf?: JsonSchema[]
  allOf?: JsonSchema[]
  $ref?: string
}

/** What values are made of where the schema leaves a choice. */
export interface Filling {
  /** An identifier. @param path names of the fields that lead to it */
  id(path: string[]): string
  /** A text. */
  text(path: string[]): string
  /** Resolves `$ref`. */
  ref?(name: string): JsonSchema
}

/** Most variants of one schema that are made. */
const MOST = 400

/**
 * Values that fit a schema, so that each of its alternatives is in one of them. Every optional field is there: what is
 * attacked is what can be sent.
 */
export function samplesOf(schema: JsonSchema, filling: Filling, path: string[] = []): unknown[] {
  // What can never be there.
  if ((schema as unknown) === false) return []
  if (schema.$ref) return samplesOf(filling.ref?.(schema.$ref) ?? {}, filling, path)
  if ('const' in schema) return [schema.const]
  if (schema.enum) return schema.enum.slice(0, 3)
  const choices = schema.oneOf ?? schema.anyOf
  if (choices) return choices.flatMap((choice) => samplesOf(choice, filling, path)).slice(0, MOST)
  if (schema.allOf) return mergeAll(schema.allOf.map((part) => samplesOf(part, filling, path)))
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  switch (type) {
    case 'object':
      return objectsOf(schema, filling, path)
    case 'array':
      return samplesOf(schema.items ?? {}, filling, path).map((item) => [item])
    case 'string':
      return [stringOf(schema, filling, path)]
    case 'integer':
    case 'number':
      // The least that there is where the schema says so: nothing waits for it.
      return [schema.minimum !== undefined && schema.minimum >= 0 ? schema.minimum : 1]
    case 'boolean':
      return [true]
    case 'null':
      return [null]
    default:
      return [filling.text(path)]
  }
}

function objectsOf(schema: JsonSchema, filling: Filling, path: string[]): unknown[] {
  const parts = Object.entries(schema.properties ?? {}).map(([name, part]) =>
    samplesOf(part, filling, [...path, name]).map((value) => ({ [name]: value })),
  )
  const more = schema.additionalProperties
  if (typeof more === 'object' && Object.keys(more).length > 0) {
    const [name] = samplesOf(schema.propertyNames ?? { type: 'string' }, filling, [...path, '*'])
    parts.push(samplesOf(more, filling, [...path, '*']).map((value) => ({ [name as string]: value })))
  }
  return mergeAll(parts)
}

/** As many objects as the longest list has, each list gone through in turn. */
function mergeAll(parts: unknown[][]): unknown[] {
  const there = parts.filter((part) => part.length > 0)
  const count = Math.max(1, ...there.map((part) => part.length))
  return Array.from({ length: count }, (_, i) =>
    Object.assign({}, ...there.map((part) => part[i % part.length])),
  ) as unknown[]
}

function stringOf(schema: JsonSchema, filling: Filling, path: string[]): string {
  switch (schema.format) {
    case 'uuid':
      return filling.id(path)
    case 'date-time':
      return '2026-03-04T05:06:07.000Z'
    case 'date':
      return '2026-03-04'
    case 'uri':
      return 'https://a.example/'
    default:
      return filling.text(path)
  }
}
