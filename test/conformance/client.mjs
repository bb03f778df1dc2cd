// A second client, written from docs/protocol.md alone, in plain Node. All that it keeps is in memory and public, so
// that a test can look, spoil and set back.

/** The sign-in of one technician: tokens of the organisation, shared by the tenants' clients. */
export class TinySession {
  accessToken = ''
  refreshToken = ''
  #refreshing = null

  constructor(url, fetchIt = fetch) {
    this.url = url
    this.fetch = fetchIt
  }

  async signIn(email, password) {
    await this.#open('/v1/session', { email, password })
  }

  refresh = () => this.#open('/v1/session/refresh', { refreshToken: this.refreshToken })
  tenants = async () => (await this.withToken('/v1/organisation/tenants')).tenants
  tenantToken = async (id) => (await this.withToken(`/v1/organisation/tenants/${id}/token`, { method: 'POST' })).token

  /** Calls back for every event until the stream ends or is silent for too long. */
  async follow(onEvent, signal, deadAfter = 25_000) {
    const dead = new AbortController()
    const timer = setTimeout(() => dead.abort(), deadAfter)
    const ends = AbortSignal.any([signal, dead.signal])
    const response = await this.withToken('/v1/organisation/events', { raw: true, signal: ends })
    try {
      for await (const block of pieces(response, '\n\n')) {
        timer.refresh()
        const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? []
        if (event) onEvent(event, JSON.parse(data))
      }
    } finally {
      clearTimeout(timer)
    }
  }

  /** One request; `raw` gives the response instead of its JSON. */
  async send(path, { method = 'GET', body, token, raw = false, signal } = {}) {
    const headers = token ? { authorization: `Bearer ${token}` } : {}
    if (body !== undefined) headers['content-type'] = 'application/json'
    const text = body === undefined ? null : JSON.stringify(body)
    const response = await this.fetch(this.url + path, { method, headers, body: text, signal, redirect: 'error' })
    if (response.headers.get('bulkhead-api') !== '1') throw new Error('no cloud that this client can speak to')
    if (!response.ok)
      throw Object.assign(new Error('refused'), (await response.json()).error, { status: response.status })
    return raw ? response : response.json()
  }

  async withToken(path, request) {
    return once401(
      () => this.send(path, { ...request, token: this.accessToken }),
      () => (this.#refreshing ??= this.refresh().finally(() => (this.#refreshing = null))),
    )
  }

  async #open(path, body) {
    const { accessToken, refreshToken } = await this.send(path, { method: 'POST', body })
    Object.assign(this, { accessToken, refreshToken })
  }
}

const KINDS = new Set(['configuration', 'technician', 'contact', 'ticket', 'entry', 'attachment', 'view'])
const INVERSE = Object.fromEntries(
  [
    ['related', 'related'],
    ['parent', 'child'],
    ['blocks', 'blocked-by'],
    ['duplicate-of', 'duplicated-by'],
    ['split-from', 'split-into'],
  ].flatMap(([one, other]) => [
    [one, other],
    [other, one],
  ]),
)

/** Puts a link to one of its tickets, or takes it off, as that one carries it. */
function relink(seen, { kind, ticketId, otherId, relation }) {
  const mine = seen.id === ticketId
  const link = { ticketId: mine ? otherId : ticketId, relation: mine ? relation : INVERSE[relation] }
  const others = (seen.links ?? []).filter((one) => one.ticketId !== link.ticketId || one.relation !== link.relation)
  seen.links = kind === 'ticket.link' ? [...others, link] : others
}

/** One tenant's copy, outbox and what a person has to look at. */
export class TinyTenant {
  /** Entities by `kind/id`. */
  store = new Map()
  cursor = 0
  epoch = ''
  clientId = crypto.randomUUID()
  /** The highest sequences that were given to a mutation, and that were ever sent. */
  numbered = 0
  sent = 0
  outbox = []
  /** Done, but not yet in the feed: stays on top of the store until the cursor has reached its version. */
  acknowledged = []
  conflicts = []
  rejected = []
  token = ''
  /** Kinds of entities that a newer cloud sent. */
  skipped = new Set()

  constructor(session, tenant) {
    this.session = session
    this.tenant = tenant
  }

  /** Adds a write to the outbox. */
  write(body) {
    const old = ['ticket.create', 'ticket.update', 'entry.create'].includes(body.kind) && body.time === undefined
    const schema = old ? 1 : body.kind === 'ticket.watch' ? 5 : 2
    this.outbox.push({ sequence: ++this.numbered, schema, at: new Date().toISOString(), body })
  }

  /** What a person sees of a ticket: the store with own writes on top. */
  ticket(id) {
    const seen = structuredClone(this.store.get(`ticket/${id}`))
    for (const { body } of [...this.acknowledged, ...this.outbox]) {
      if (!seen || (body.ticketId !== id && body.otherId !== id)) continue
      const { customFields } = seen
      if (body.kind === 'ticket.update')
        Object.assign(seen, body.patch, { customFields: { ...customFields, ...body.patch.customFields } })
      if (body.kind === 'ticket.tag')
        seen.tags = [...new Set([...seen.tags.filter((tag) => !body.remove.includes(tag)), ...body.add])]
      if (body.kind === 'ticket.watch')
        seen.watchers = [
          ...new Set([...(seen.watchers ?? []).filter((one) => !body.remove.includes(one)), ...body.add]),
        ]
      if (body.kind === 'ticket.merge') seen.mergedInto = body.intoId
      if (body.kind === 'ticket.unmerge') delete seen.mergedInto
      if (body.kind === 'ticket.link' || body.kind === 'ticket.unlink') relink(seen, body)
    }
    return seen
  }

  /** The same of a contact or a view. */
  thing(kind, id) {
    let seen = structuredClone(this.store.get(`${kind}/${id}`))
    for (const { body } of [...this.acknowledged, ...this.outbox]) {
      if (body[`${kind}Id`] !== id) continue
      if (body.kind === `${kind}.create`) seen ??= { id, ...body[kind] }
      if (body.kind === `${kind}.update` && seen) Object.assign(seen, body.patch)
      if (body.kind === `${kind}.delete`) seen = undefined
    }
    return seen
  }

  /** Entries of a ticket and of all that were merged into it. */
  conversation(id) {
    const ends = (at) => (at === id ? true : at ? ends(this.ticket(at)?.mergedInto) : false)
    const entries = [...this.store].filter(([key, { ticketId }]) => key.startsWith('entry/') && ends(ticketId))
    return entries.map(([, entry]) => entry).sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt))
  }

  /** Sends the outbox until it is empty or the cloud wants a pause. */
  async push() {
    while (this.outbox.length > 0) {
      const body = { clientId: this.clientId, mutations: this.outbox.slice(0, 500) }
      this.sent = Math.max(this.sent, body.mutations.at(-1).sequence)
      const reply = await this.withToken('/v1/mutations', { method: 'POST', body }).catch(
        unless('sequence-gap', 'sequence-reused'),
      )
      if (!reply) this.renumber()
      for (const result of reply?.results ?? []) {
        if (result.outcome === 'retry') return
        const mutation = this.outbox.shift()
        if (mutation.sequence !== result.sequence) throw new Error('the answer is for another mutation')
        if (result.outcome === 'conflict') this.conflicts.push({ ...mutation, ...result })
        else if (result.outcome === 'rejected') this.rejected.push({ ...mutation, ...result })
        else if (result.version > this.cursor) this.acknowledged.push({ ...mutation, ...result })
      }
    }
  }

  /** Reads the feed to its end, from where it was cut the last time. Before the first push of an old copy: see `sent`. */
  async pull() {
    const path = `/v1/changes?after=${this.cursor}&client=${this.clientId}`
    const response = await this.withToken(path, { raw: true }).catch(unless('feed-gone'))
    if (!response) this.#startOver('')
    const closing = response && (await this.#read(response))
    if (!closing) return this.pull()
    this.cursor = closing.cursor
    this.acknowledged = this.acknowledged.filter(({ version }) => version > this.cursor)
    // Somebody sent under this id what this copy does not know of: it was set back.
    if (closing.lastSequence > this.sent) this.renumber()
  }

  /** A new client id: what waits is numbered from 1. */
  renumber() {
    this.outbox.forEach((mutation, i) => (mutation.sequence = i + 1))
    Object.assign(this, { clientId: crypto.randomUUID(), numbered: this.outbox.length, sent: 0 })
  }

  /** @returns the closing line; null where the feed has to be asked again: it was cut, or is of another epoch */
  async #read(response) {
    for await (const text of pieces(response, '\n')) {
      const line = JSON.parse(text)
      if (line.feed) {
        if (line.epoch === this.epoch) continue
        const held = this.cursor > 0
        this.#startOver(line.epoch)
        if (held) return null
      } else if (line.end) return line
      else {
        if (!KINDS.has(line.kind)) this.skipped.add(line.kind)
        else if (line.deleted) this.store.delete(`${line.kind}/${line.id}`)
        else this.store.set(`${line.kind}/${line.id}`, line.data)
        this.cursor = line.version
      }
    }
    return null
  }

  #startOver(epoch) {
    this.store.clear()
    Object.assign(this, { epoch, cursor: 0, acknowledged: [] })
  }

  async withToken(path, request) {
    this.token ||= await this.session.tenantToken(this.tenant)
    return once401(
      () => this.session.send(path, { ...request, token: this.token }),
      async () => (this.token = await this.session.tenantToken(this.tenant)),
    )
  }
}

/** Asks; where the token is not taken, gets another and asks once more. */
async function once401(ask, renew) {
  return ask().catch(async (error) => {
    if (error.status !== 401) throw error
    await renew()
    return ask()
  })
}

const unless =
  (...codes) =>
  (error) => {
    if (!codes.includes(error.code)) throw error
  }

/** What came whole before each separator; a connection that breaks ends it. */
async function* pieces(response, separator) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (let held = ''; ;) {
    const { done, value } = await reader.read().catch(() => ({ done: true }))
    if (done) return
    const parts = (held + value).split(separator)
    held = parts.pop()
    yield* parts
  }
}
