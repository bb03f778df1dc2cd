/** What somebody else's record has by a key; nothing of what every object has. */
export function own<Value>(values: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return values && Object.hasOwn(values, key) ? values[key] : undefined
}
