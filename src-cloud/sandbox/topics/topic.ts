/** What a ticket is, before a client's own words for it. */
export type Kind = 'incident' | 'request' | 'change' | 'alert' | 'noise'
/** Who works on it, before a client's own queues. */
export type Team = 'desk' | 'infrastructure' | 'network' | 'applications' | 'accounts'

/**
 * A subject that people write about, as templates: `{slot}` is filled from the ticket, `{a|b}` takes one of the two.
 * A topic has cases, one for each of `bodies`, which starts with its letter: `a| `. Other templates may start with the
 * letters of the cases that they fit (`ab| `), so that an answer belongs to its question; without letters they fit all.
 * Arrays other than `subjects` and `bodies` may be empty; an entry of that sort is then left out.
 */
export interface Topic {
  key: string
  kind: Kind
  team: Team
  /** 1 is most urgent, 4 least; the client's priorities are mapped from it. */
  level: 1 | 2 | 3 | 4
  /** How often it comes, beside other topics. */
  weight: number
  tags: string[]
  subjects: string[]
  bodies: string[]
  /** Technicians' internal notes while at work. */
  notes: string[]
  /** Technicians' public questions; after one the desk waits for the requester. */
  asks: string[]
  /** The requester's answers. */
  answers: string[]
  /** Notes on calls with a vendor; after one the desk waits for the vendor. */
  vendor: string[]
  /** The last public reply. */
  done: string[]
}

/** One of the topic's cases: the topic with those templates only that fit it, without their letters. */
export function caseOf(topic: Topic, body: string): Topic {
  const letter = lettersOf(body)
  const fitting = (list: string[]): string[] =>
    list.filter((line) => letter === '' || lettersOf(line) === '' || lettersOf(line).includes(letter)).map(plain)
  const { subjects, notes, asks, answers, vendor, done } = topic
  return {
    ...topic,
    subjects: fitting(subjects),
    bodies: [plain(body)],
    notes: fitting(notes),
    asks: fitting(asks),
    answers: fitting(answers),
    vendor: fitting(vendor),
    done: fitting(done),
  }
}

function lettersOf(template: string): string {
  return /^([a-h]+)\| /.exec(template)?.[1] ?? ''
}

function plain(template: string): string {
  return template.replace(/^[a-h]+\| /, '')
}
