import type { Kind, Team, Topic } from './topic.ts'

type Sketch = Pick<Topic, 'key' | 'level' | 'subjects' | 'bodies' | 'notes'> &
  Partial<Pick<Topic, 'weight' | 'tags' | 'asks' | 'answers' | 'vendor' | 'done'>> & { kind?: Kind; team?: Team }

/** Fills what a trade's own topics have in common. */
export function topic(sketch: Sketch): Topic {
  return {
    kind: 'incident',
    team: 'applications',
    weight: 8,
    tags: [sketch.key],
    asks: ['Hi {first}, could you send a screenshot of the message, and tell me whether it is only you?'],
    answers: [
      'Screenshot attached. {otherFirst} has it too.',
      'Only me as far as I know.',
      'It happens each time now.',
    ],
    vendor: [
      '{lobvendor} support, ref {ref}: they want logs. Sent.',
      '{lobvendor} rang back, known fault, fixed in the next version ({date}).',
      'Chased {lobvendor} ({ref}), "with development".',
    ],
    done: [
      '{lobvendor} fixed it on their side and I checked it with you on the phone. Closing.',
      'Back to normal since {time}. I left a note for my colleagues in case it returns.',
    ],
    ...sketch,
  }
}
