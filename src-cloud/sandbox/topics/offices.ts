import { topic } from './trade.ts'
import type { Topic } from './topic.ts'

/** What only people in practices and offices write about, by trade. */
export const officeTopics = {
  law: [
    topic({
      key: 'matter-system',
      level: 2,
      subjects: [
        'a| {lob} will not open matter {matter}',
        'b| Time entries missing in {lob}',
        'c| {lob} email filing greyed out',
        'd| Bundle will not export, court deadline {time}',
      ],
      bodies: [
        'a| I cannot open matter {matter}, it says that it is checked out by {other}, who has gone home. Filing deadline is {time}.',
        'b| My time entries from {weekday} are not in {lob}. I entered {count} hours on {matter}.',
        'c| The button for filing mails to a matter is greyed out in Outlook since this morning.',
        'd| Exporting the bundle for {matter} stops at page {percent}. The court wants it by {time} today.',
      ],
      notes: [
        'a| Check-out lock cleared on {server} as {lob} admin, {other} had nothing unsaved.',
        'c| Add-in disabled by Outlook for slow start. Re-enabled, set to always.',
        'd| One PDF in the bundle is damaged (page {percent}). Reprinted to PDF, export OK.',
      ],
    }),
    topic({
      key: 'dictation',
      level: 3,
      weight: 4,
      subjects: ['a| Dictation not uploading', 'b| Foot pedal dead', 'c| Speech recognition lost my profile'],
      bodies: [
        'a| My dictations from court are still on the recorder, they do not upload. {other} is waiting to type them.',
        'b| The foot pedal does nothing since I got {pc}.',
        'c| Speech recognition starts from zero, as if it never heard me. {count} years of training gone?',
      ],
      notes: [
        'b| Driver signing blocked on new build. Vendor driver installed.',
        'c| Profile restored from roaming copy.',
        'a| Recorder memory full, {count} files. Moved by hand.',
      ],
    }),
  ],
  dental: [
    topic({
      key: 'imaging',
      level: 1,
      subjects: [
        'a| X-ray sensor not found surgery {unit}',
        'b| OPG images not in {lob}',
        'c| Images from today missing, surgery {unit}',
        'a| PATIENT IN CHAIR - no x-ray',
      ],
      bodies: [
        'a| Surgery {unit}: the sensor is not found. Patient is in the chair. Please call {ext} now.',
        'b| Images from the OPG go to the wrong patient card or nowhere since the update.',
        "c| {lob} shows yesterday's images but not those from today. Surgery {unit} only.",
      ],
      notes: [
        'a| USB hub on chair arm loses power when chair moves. Sensor plugged straight in, OK.',
        'bc| TWAIN bridge service stopped, restarted, {count} images matched to cards with {first}.',
        'c| Image share at {percent}%. Archived 2019.',
      ],
    }),
    topic({
      key: 'practice-system',
      level: 2,
      subjects: [
        'a| {lob} appointment book frozen',
        'b| Claims terminal declines everything',
        'c| Recall SMS sent twice',
        'd| Sterilizer log not uploading',
      ],
      bodies: [
        'a| The appointment book froze at reception in {site}, two people waiting and I cannot check them in.',
        'b| The claims terminal declines every card since {time}. We take cash for now.',
        'c| Patients got the recall SMS twice, {count} complaints so far.',
        'd| The sterilizer has not uploaded its log since {weekday}. We need this for accreditation.',
      ],
      notes: [
        'a| Deadlock on {server}, session of {other} killed at {time}.',
        'b| Terminal lost pairing after router change. Re-paired.',
        'c| Two SMS jobs active after restore. One disabled.',
      ],
    }),
  ],
  accounting: [
    topic({
      key: 'tax',
      level: 2,
      subjects: [
        'a| Return for client {port} rejected',
        'b| {lob} database in use',
        'a| Portal upload fails, deadline',
        'c| Digital signature token not detected',
        'd| Excel macro blocked',
      ],
      bodies: [
        'a| The portal rejects the return of client {port} with {code}. Last day is {date}.',
        'b| Nobody can open {lob}: "database in use by another process". {count} people idle.',
        'c| My signature token is not detected on {pc}. It worked on the old laptop.',
        'd| The macro for reconciliation is blocked by the new policy. Whole audit team uses it.',
      ],
      notes: [
        'a| Schema update of {lob} missing on {server}. Installed after {time}, return accepted.',
        'b| Backup agent held the file. Excluded, snapshot used instead.',
        'c| Token middleware installed, certificate valid to {date}.',
        'd| Macro signed with office certificate, publisher trusted by GPO.',
      ],
    }),
  ],
  architecture: [
    topic({
      key: 'cad',
      level: 2,
      subjects: [
        'a| {lob} crashes on opening {document}',
        'd| Plotter prints A0 as A3',
        'c| Central model locked',
        'd| Plotter skaliert falsch',
        'b| Lizenzserver nicht erreichbar',
        'c| Zentralmodell lässt sich nicht synchronisieren',
      ],
      bodies: [
        'a| The model of the school project crashes {lob} on {pc} as soon as I open a section. Competition is due on {date}.',
        'b| Seit heute früh findet {lob} den Lizenzserver nicht mehr. {count} Kollegen sind betroffen.',
        'c| Das Zentralmodell ist gesperrt von {other}, die im Urlaub ist. Wir kommen nicht weiter.',
        'd| The plotter scales everything to A3 since the driver update. The client wants paper.',
      ],
      notes: [
        'a| GPU driver from the studio branch instead of latest. Stable for an hour now.',
        'b| Lizenzdienst auf {server} neu gestartet, Port {port} war nach dem Update zu.',
        'c| Lock released on {server}, local copy of {other} saved first.',
      ],
    }),
  ],
  charity: [
    topic({
      key: 'donations',
      level: 2,
      subjects: [
        'a| Donate page error',
        'b| Gift claim file rejected',
        'c| {lob} mail merge wrong names',
        'd| Volunteers cannot sign in',
        'a| Donations failing since this morning',
      ],
      bodies: [
        'a| The donate page says "something went wrong" for cards, a supporter just rang. The appeal went out this morning!',
        'b| The claim file out of {lob} is rejected with {code}. {count} thousand pounds wait for it.',
        'c| Letters from {lob} have the first name of the line above. Luckily only {count} were posted.',
        'd| Our {count} new volunteers cannot sign in on the shared PC at {site}. They are here until {time}.',
      ],
      notes: [
        'a| Payment provider had rotated the key. New one in, £1 test gift OK.',
        'b| Empty postcode in {count} rows. Told {first} how to filter.',
        'c| Sort order of two queries differs. Fixed the merge source.',
        'd| Volunteer accounts lacked the licence. Frontline ones assigned.',
      ],
    }),
  ],
  school: [
    topic({
      key: 'classroom',
      level: 3,
      subjects: [
        'a| Projector room {unit}',
        'b| Chromebook cart {unit} not charging',
        'c| PCs without internet for exam',
        'c| Exam PCs for {date}',
        'd| Report cards: {lob} timeout',
        'e| Website unblocked please: lesson at {time}',
      ],
      bodies: [
        'a| Projector in room {unit} shows blue only. I teach there at {time}.',
        'b| Cart {unit}: {percent}% of the Chromebooks are flat each morning, someone leaves the timer off?',
        'c| We need {count} PCs without internet for the exam on {date}, and one spare.',
        'd| {lob} times out when I save report cards. Due {date}. Staff room is not happy.',
        'e| The video for my Grade 9 lesson is blocked. Could it be opened until {time}?',
      ],
      notes: [
        'a| Input was on HDMI 2. Sticker put on remote.',
        'b| Cart timer reset after power cut. Bypassed.',
        'c| Exam profile on {count} machines, tested with {other}.',
        'd| Pool on {server} recycled, save OK. Told vendor.',
        'e| Allowed for staff group only.',
      ],
    }),
  ],
  veterinary: [
    topic({
      key: 'vet',
      level: 2,
      subjects: [
        'a| {lob} label printer (meds)',
        'b| Lab results not importing',
        'c| Ultrasound pictures',
        'd| Microchip scanner',
      ],
      bodies: [
        "a| The medicine label printer prints the dog's name but not the dose. Writing by hand.",
        'b| Blood results from the lab machine do not come into {lob} since {weekday}.',
        'c| Ultrasound pictures of Biscuit (and all others) stay on the machine.',
        'd| The microchip scanner types the number into the wrong window.',
      ],
      notes: [
        'a| Label template lost its field after update. Put back.',
        'b| Lab machine got a new IP. Reserved {ip}.',
        'c| DICOM node name was case sensitive. Of course.',
      ],
    }),
  ],
} satisfies Record<string, Topic[]>
