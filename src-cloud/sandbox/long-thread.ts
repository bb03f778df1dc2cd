import type { Line } from './conversation.ts'
import type { Random } from './random.ts'

type Said = [Line['by'], Line['kind'], string]

const opening: Said[] = [
  [
    'technician',
    'reply',
    'Hi {first}, I have this now. We see the drops on our monitoring too, so no need to prove anything. {tech}',
  ],
  [
    'technician',
    'note',
    'Loss between {percent}% and 100% for 20 to 40 s, about {count} times an hour. LAN side clean.',
  ],
  ['technician', 'note', 'Raised with {isp}, ref {ref}. Line test "passes". Naturally.'],
  [
    'requester',
    'reply',
    'It dropped again in the middle of the {time} call. The client saw my frozen face for a minute.',
  ],
]
const middle: Said[] = [
  [
    'technician',
    'note',
    '{isp} ref {ref}: second line says the fault is on our router. Sent captures from before and behind it.',
  ],
  ['requester', 'reply', 'Dropped at {time}, {time} and {time} today.'],
  ['technician', 'note', 'MTR over {count} h: loss begins at hop {count}, {ms} ms spikes. Attached to {ref}.'],
  [
    'technician',
    'reply',
    'Hi {first}, no change yet. I have moved voice to the 4G backup, so calls should hold while we work on the line.',
  ],
  [
    'colleague',
    'note',
    'Took the {time} call for {tech}: {isp} wants the router swapped before they send anyone. Swapped with our spare. Same drops.',
  ],
  ['requester', 'reply', 'Calls are fine since you moved them, thank you. Files are still a pain.'],
  [
    'technician',
    'note',
    'Escalated to duty manager at {isp}, {count} min on hold. Engineer promised for {weekday} morning.',
  ],
  [
    'technician',
    'note',
    'Engineer did not come. {isp}: "no access". {other} was at the door the whole morning. Complaint opened.',
  ],
  ['requester', 'reply', 'Nobody came?'],
  [
    'technician',
    'reply',
    'Hi {first}, they say they came and found no one. I have told them what I think of that. New visit on {weekday}, I will be there myself.',
  ],
  [
    'technician',
    'note',
    'On site with engineer. Light level -{count} dBm at the ONT, he cleaned the connector. Better for {count} hours, then the same.',
  ],
  [
    'colleague',
    'note',
    'Night graph: no loss between 23:00 and 06:00. Looks like heat or load. Cabinet in the street is in the sun.',
  ],
  ['technician', 'note', 'Passed the heat theory on to {isp} planning. They laughed, then asked for the graph.'],
  ['requester', 'reply', 'Can we get money back for this?'],
  [
    'technician',
    'reply',
    'Hi {first}, yes. I am keeping a list of every drop for the credit claim: {percent} minutes so far.',
  ],
  ['technician', 'note', '{isp}: port moved to another card in the exchange at {time}. Watching.'],
  ['technician', 'note', '{count} h without loss. Not saying it aloud.'],
  ['requester', 'reply', 'Seems fine today!'],
  ['technician', 'note', 'And back: loss at {time}, {percent} s.'],
  [
    'colleague',
    'note',
    'Read the whole ticket again. Has anyone looked at the media converter in the basement? It is on no diagram.',
  ],
  [
    'technician',
    'note',
    'There IS a media converter in the basement, from the previous tenant, behind the boiler. Too hot to touch.',
  ],
]
const last: Said[] = [
  [
    'technician',
    'reply',
    'Hi {first}, I think that we have found it: a small box behind the boiler that overheats in working hours. A new one is ordered and a fan is on it until then.',
  ],
  ['requester', 'reply', 'Behind the boiler. Of course. No drops since the fan is on!'],
  [
    'technician',
    'note',
    'With fan: 0 drops in {count} h. Replacement ref {ref}. Keeping open until fitted and the credit is through.',
  ],
]

/** A thread of weeks about a line that drops, of `length` entries. */
export function longThread(length: number, random: Random): Line[] {
  const between: Said[] = []
  const room = Math.max(0, length - opening.length - last.length)
  for (let i = 0; i < room; i++) {
    const told = middle[Math.floor((i * middle.length) / room)]
    const previous = middle[Math.floor(((i - 1) * middle.length) / room)]
    between.push(told && told !== previous ? told : daily(random))
  }
  return [...opening, ...between, ...last].slice(0, length).map(([by, kind, template]) => ({ by, kind, template }))
}

function daily(random: Random): Said {
  return random.pick<Said>([
    ['technician', 'note', 'Today: {count} drops, longest {percent} s. Added to the list.'],
    ['technician', 'note', 'Chased {isp}. "With our core team."'],
    ['colleague', 'note', 'Covering for {tech}. Last drop {time}. Nothing new from {isp}.'],
    ['requester', 'reply', 'And again, {time}.'],
    ['technician', 'note', 'Called {first}, no answer. Left VM with the state of things.'],
    [
      'technician',
      'reply',
      'Hi {first}, short update so that you do not have to ask: nothing new from {isp}, next call with them at {time}.',
    ],
    ['technician', 'note', '{isp} asked for the same MTR again. Sent it again.'],
  ])
}
