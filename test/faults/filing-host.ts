import { Driven } from '../compartment/driver.ts'
import { append, attachment, begin, bringRest, bytesOf } from '../compartment/files.ts'

/** A host that brings one file and sends it, from wherever an earlier one was killed; it says how far it is. */
const [folder = '', cloudUrl = '', token = '', me = '', ticketId = '', word = '', size = '0', known = ''] =
  process.argv.slice(2)
const bytes = bytesOf(word, Number(size))
const driven = await Driven.open({ folder, cloudUrl, token: () => token, me, online: true })
const say = (line: string): boolean => process.stdout.write(`${line}\n`)
while ((await driven.outline()).total === 0) await driven.sync()
const uploadId = known === '' ? (await begin(driven, ticketId, `${word}.log`, bytes.length)).uploadId : known
say(`begun ${uploadId}`)
const isThere = async (): Promise<boolean> =>
  (await driven.ticket(ticketId)).attachments.some(({ id }) => id === uploadId)
if (!(await isThere())) {
  const place = await append(driven, uploadId, 0, Buffer.alloc(0))
  say(`goes on ${place.offset}`)
  await bringRest(driven, place, bytes)
}
say('finished')
for (;;) {
  await driven.sync()
  const { available, upload } = await attachment(driven, ticketId, uploadId)
  if (available && upload === null) break
}
say('sent')
await driven.close()
