import { topic } from './trade.ts'
import type { Topic } from './topic.ts'

/** What only people in plants, halls, hotels and yards write about, by trade. */
export const floorTopics = {
  brewery: [
    topic({
      key: 'plc',
      level: 1,
      subjects: [
        'ab| PLC gateway offline - FV{unit} temps frozen',
        'a| Glycol trend flat since {time}',
        'c| Canning line label printer',
        'd| Brewhouse HMI black screen',
      ],
      bodies: [
        'a| The screen shows the same temperature for FV{unit} since {time}. Brew is in the tank so I need to trust that number.',
        'b| Gateway to the PLCs is offline. We run by hand and by thermometer.',
        "c| Label printer on the canning line prints yesterday's best-before. {count} pallets on hold.",
        'd| HMI in the brewhouse is black after the power dip. Mash is at 66 and nobody can see it.',
      ],
      notes: [
        'ab| Gateway NIC hung. Power cycled by {first}, OPC reconnects, trends backfilled from buffer.',
        'c| Clock on label PC back to {count} days ago, CMOS battery. Replaced.',
        'd| HMI boot order changed after dip: booted from a USB stick somebody left in.',
      ],
    }),
    topic({
      key: 'tap-room',
      level: 3,
      subjects: [
        'a| Till {unit} in the tap room offline',
        'b| Duty return in {lob} wrong',
        'c| Web shop orders not in {lob}',
        'a| Card reader dead, gig tonight',
      ],
      bodies: [
        'a| Till {unit} says offline, cards do not work. We have a gig at {time} and {percent} tickets sold.',
        'b| {lob} counts keg returns twice so the duty return is off by {count} hl.',
        'c| Web shop orders since {weekday} are not in {lob}. We only noticed when a customer rang.',
      ],
      notes: [
        'a| Till had jumped to guest Wi-Fi. Forgotten there, wired now.',
        'c| API key expired on {date}. New key, {count} orders pulled in.',
        'a| Spare reader from office paired.',
      ],
    }),
  ],
  logistics: [
    topic({
      key: 'warehouse',
      level: 1,
      subjects: [
        'a| Scanners lose session hall {unit}',
        'b| Label printer dock {unit}',
        'c| {lob} slow in dispatch',
        'd| EDI from {vendor} stuck',
        'e| No customs response since {time}',
      ],
      bodies: [
        'a| All hand scanners in hall {unit} lose their session when they pass the cold store. Pickers walk back to the desk each time.',
        'b| Dock {unit} prints half labels. Lorry is waiting.',
        'c| {lob} takes {count} seconds for each booking since {time}. Dispatch is piling up.',
        'd| EDI orders from {vendor} are stuck in the inbox, {percent} of them. Last one came at {time}.',
        'e| No answers from customs since {time}, {count} trailers cannot leave {site}.',
      ],
      notes: [
        'a| Roaming: hall {unit} APs had old firmware, scanners fall back to 2.4. Updated two, testing.',
        'b| Head worn out, spare fitted by shift lead on the phone.',
        'c| Lock on stock table from report user. Killed, report moved to the replica.',
        'd| Partner changed the AS2 certificate without telling. Imported, {percent} messages went through.',
        'e| Customs gateway is down for everybody, status page confirms.',
      ],
    }),
    topic({
      key: 'telematics',
      level: 3,
      weight: 4,
      subjects: ['a| Truck {port} not on the map', 'b| Driver tablet stuck in login', 'c| Tacho download failed'],
      bodies: [
        'a| Truck {port} vanished from the map at {time}. Driver is fine, rang him.',
        "b| Tablet of the driver of {port} asks for a login, he has none. He's at the border.",
        'c| Tacho files have not come in since {weekday} for {count} trucks.',
      ],
      notes: [
        'a| SIM data limit reached, raised.',
        'b| MDM profile expired. Re-enrolled by QR over the phone.',
        'c| {lobvendor} API moved, new address set.',
      ],
    }),
  ],
  manufacturing: [
    topic({
      key: 'line',
      level: 1,
      weight: 9,
      subjects: [
        'a| LINE {unit} STOPPED - MES terminal',
        'b| CNC {unit} does not load program',
        'c| CMM report not saved',
        'd| {lob} label mismatch lot {port}',
        'a| Line {unit} down, MES offline',
        'e| Torque data missing cell {unit}',
      ],
      bodies: [
        'a| Line {unit} stopped at {time}. MES terminal says "no connection to host". Shift lead is {other}, {ext}.',
        'b| CNC {unit} does not load the program from the share. Older programs load.',
        'c| CMM report for lot {port} was measured but not saved, customer audit on {date}.',
        'd| Lot label shows rev B, order says rev C. {count} parts on hold.',
        'e| Cell {unit} has no torque data since {time}. Parts cannot be released without.',
      ],
      notes: [
        'a| Terminal lost its reservation after switch swap. Line running again at {time}, down {count} min.',
        'b| SMB1 only machine. Share sits on the isolated relay, service was stopped. Started.',
        'c| CMM PC disk full, moved {count} GB to archive. Report re-exported.',
        'd| Revision comes from a nightly job that failed. Run by hand with planner {other}.',
        'Handed over to night shift: {tech}.',
      ],
      asks: ['Hi {first}, is the line running in manual now, or standing?'],
      answers: [
        'Standing.',
        'Manual, half speed.',
        'It came back when we pulled the network cable and put it in again.',
      ],
    }),
    topic({
      key: 'erp',
      level: 3,
      weight: 6,
      subjects: [
        'a| {lob} planning run not finished',
        'b| Cannot post goods receipt',
        'c| Drawing {port} rev C missing',
        'c| Rev C not on the shop floor',
        'd| Shift report empty',
      ],
      bodies: [
        'a| The planning run did not finish last night, buyers have no proposals.',
        'b| Goods receipt for order {ref} stops with {code}.',
        'c| Drawing {port} rev C is released but the shop floor still sees B.',
        'd| The shift report at {time} came empty for all lines.',
      ],
      notes: [
        'a| Job waited for a lock of {username}. Restarted, done at {time}.',
        'b| Posting period not open. Told {first} to ask finance.',
        'c| Replication to plant vault {count} h behind. Queue restarted.',
        'd| Report ran before the data. Moved by 15 min.',
      ],
    }),
  ],
  hotel: [
    topic({
      key: 'pms',
      level: 1,
      subjects: [
        'a| {lob} down at front desk',
        'b| Key cards not encoding',
        'a| Front desk frozen',
        'c| Booking channel not updating',
        'd| Guest Wi-Fi room {port}',
        'e| Restaurant orders do not print in kitchen',
      ],
      bodies: [
        'a| {lob} is down at the front desk in {site}, bus of {percent} people has just come. Paper check-in.',
        'b| The encoder makes cards that do not open. {count} guests had to walk back.',
        'c| Bookings since {time} from the channel manager are not in {lob}. We are about to oversell.',
        'd| Guest in {port} has no Wi-Fi and is a travel blogger.',
        'e| Orders from the terrace do not print in the kitchen. Waiters run.',
      ],
      notes: [
        'ac| Interface service on {server} restarted, queue of {count} went through. Checked last booking with {first}.',
        'b| Encoder clock off by a day after battery. Set, test card opens.',
        'de| VLAN of terrace switch wrong after swap. Fixed at {time}.',
        'a| Night audit blocked by open folio. Closed with night manager.',
      ],
    }),
  ],
  boatyard: [
    topic({
      key: 'yard',
      level: 3,
      subjects: [
        'a| Marina Wi-Fi pontoon {unit}',
        'b| {lob} job cards',
        'c| CNC router laptop',
        'c| Router laptop dies',
      ],
      bodies: [
        'a| Pontoon {unit} has no Wi-Fi, owners are complaining.',
        'b| Job cards in {lob} print without the boat name.',
        'c| The laptop at the CNC router is full of dust and dies after {count} minutes.',
      ],
      notes: [
        'a| Bridge was turned by the storm, realigned, -{percent} dBm.',
        'c| Dust. Vacuumed, quote for a rugged one.',
        'b| Template fixed.',
      ],
    }),
  ],
} satisfies Record<string, Topic[]>
