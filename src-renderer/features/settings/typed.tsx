import { createContext, use, type ReactNode } from 'react'

interface Typing {
  texts: Readonly<Record<string, string>>
  write(field: string, text: string | null): void
}

const TypingContext = createContext<Typing>({ texts: {}, write: () => undefined })

/** Keeps what is typed into fields and is no value yet, beyond the field that it is typed into. */
export function TypingProvider({ texts, write, children }: Typing & { children: ReactNode }) {
  return <TypingContext value={{ texts, write }}>{children}</TypingContext>
}

/** Whether something that is no value yet is typed into a field that begins so. */
export function useIsTyped(begin: string): boolean {
  const { texts } = use(TypingContext)
  return Object.keys(texts).some((field) => field.startsWith(begin))
}

/**
 * What is typed into a field and is no value yet; null where the field shows its value.
 * @param field begins with the setting that it is of: `calendars:office:monday`
 */
export function useTyped(field: string): [text: string | null, write: (text: string | null) => void] {
  const { texts, write } = use(TypingContext)
  return [texts[field] ?? null, (text) => write(field, text)]
}
