/**
 * Every problem that a person can meet, in one list: a code, the sentence they read, and whether trying again can help.
 * A sentence says what happened and what to do; `{name}` is filled from the details.
 */
export const problems = {
  // the cloud and the way to it
  'cloud-unreachable': {
    message:
      'The cloud at {url} does not answer. Check the address and your connection; work goes on with what is stored here.',
    retry: true,
  },
  'cloud-not-bulkhead': { message: '{url} answers, but it is not a Bulkhead cloud. Check the address.', retry: false },
  'cloud-version': {
    message: 'The cloud speaks protocol version {theirs}, this console version {ours}. Update the older of the two.',
    retry: false,
  },
  'cloud-failed': {
    message: 'The cloud failed to answer (HTTP {status}). It will be asked again; nothing is lost.',
    retry: true,
  },
  'cloud-busy': { message: 'The cloud asks for patience and will be asked again in {seconds} s.', retry: true },
  'feed-malformed': {
    message: 'The change feed held a line that cannot be read. What came before it is kept and the feed resumes there.',
    retry: true,
  },
  'feed-cut': { message: 'The change feed ended early. What came is kept and the feed resumes there.', retry: true },
  'feed-gone': {
    message: 'The cloud no longer keeps changes that old. This client is loaded again; your unsent edits stay.',
    retry: true,
  },
  'feed-would-empty': {
    message:
      'The cloud would remove {deleted} of {total} tickets here. Nothing was removed: check with your administrator, then allow it on the sync page.',
    retry: false,
  },
  'edit-under-way': {
    message:
      'This edit may have reached the cloud already, so it cannot be withdrawn. Wait for the answer, then change the ticket again.',
    retry: false,
  },
  'edit-sent': {
    message: 'This was sent to the cloud and cannot be taken back. What was written there stays.',
    retry: false,
  },
  'sequence-gap': {
    message:
      'Edits reached the cloud out of order: it expects edit {expected} next. They are sent again from there; nothing is lost.',
    retry: true,
  },
  'sequence-reused': {
    message:
      'These edits carry numbers that the cloud knows from other edits. They are sent again under new numbers; nothing is lost.',
    retry: false,
  },
  'file-refused': {
    message: '{name} cannot be added: files with the extension {extension} are refused for this client.',
    retry: false,
  },
  'part-damaged': { message: 'A piece of the file was damaged on its way. It is sent again.', retry: true },
  'content-incomplete': {
    message: 'The cloud does not have all of this file yet. What is missing is sent, and then it is checked again.',
    retry: true,
  },
  'content-mismatch': {
    message:
      'The file that reached the cloud is not the one that was added, so the cloud dropped it. It is sent again; if this comes back, add the file anew.',
    retry: true,
  },
  'content-unavailable': {
    message: 'The cloud does not have this file yet. Whoever added it has to be online for a while; try again later.',
    retry: true,
  },
  'range-unsatisfiable': { message: 'There is no such part of this file: it has {size} bytes.', retry: false },
  'too-large': {
    message: '{what} is larger than the {limit} that the cloud takes. Shorten it and try again.',
    retry: false,
  },
  'too-many': { message: '{what} can have {limit} {things} at most. Take some off first.', retry: false },
  'field-missing': { message: 'Fill in {fields}: {why}.', retry: false },
  'field-unfit': { message: '{reason}', retry: false },
  'merged-elsewhere': {
    message: 'This ticket was merged into {ticket} already. Separate the two first.',
    retry: false,
  },
  'has-parent': {
    message: 'A ticket has one parent, and {child} has {parent} already. Remove that link first.',
    retry: false,
  },
  circular: { message: 'That would lead {ticket} back to itself. Choose another ticket.', retry: false },
  // the cloud itself
  'database-failed': {
    message: 'The database does not start or answer ({reason}). Look at {log} and start again.',
    retry: false,
  },
  'database-newer': {
    message:
      'The database was written by a newer Bulkhead cloud (migration {theirs}, this one knows {ours}). Update this cloud; the database is left as it is.',
    retry: false,
  },
  'database-in-use': {
    message:
      'The data folder {folder} is in use by another Bulkhead cloud. Stop that one, or choose another folder with --data.',
    retry: false,
  },
  'database-unreachable-folder': {
    message:
      'Postgres cannot run as root, and its user cannot reach {folder}. Choose a folder below /var/lib with --data, or give DATABASE_URL.',
    retry: false,
  },
  'database-password': {
    message: "DATABASE_URL holds no password to derive the API role's from. Set BULKHEAD_API_PASSWORD.",
    retry: false,
  },
  // clients and their settings
  'template-refused': {
    message: 'The template {file} cannot be used: {reason}. Correct the file; the other templates are not touched.',
    retry: false,
  },
  'settings-changed': {
    message: '{by} changed these settings meanwhile, at {at}. Look at them again, then make your change.',
    retry: false,
  },
  'settings-offline': {
    message: 'Settings are changed in the cloud, which does not answer now. What you typed here is kept; try again.',
    retry: true,
  },
  'settings-file': {
    message: 'Line {line} of the file: {reason}. Correct it, then choose the file again.',
    retry: false,
  },
  'client-exists': { message: 'A client called {name} is there already. Choose another name.', retry: false },
  'domain-taken': {
    message: 'The domain {domain} belongs to your client {name}. Take it off, or correct it there first.',
    retry: false,
  },
  'client-being-onboarded': {
    message: '{by} is onboarding {name} already, since {at}. Go on with that one, or ask {by} to cancel it.',
    retry: false,
  },
  'onboarding-changed': {
    message: '{by} did something here meanwhile, at {at}. Look at it again, then go on.',
    retry: false,
  },
  'onboarding-over': { message: 'This onboarding is {state}: nothing of it can be changed any more.', retry: false },
  'step-not-ready': { message: '{reason}', retry: false },
  'offboarding-over': { message: '{reason}', retry: false },
  'import-not-ready': { message: '{reason}', retry: false },
  'settings-incoherent': { message: '{reason}', retry: false },
  // who is asking
  'sign-in-wrong': { message: 'Email or password is wrong. Check both and sign in again.', retry: false },
  'sign-in-throttled': { message: 'Too many attempts to sign in. Wait a minute and try again.', retry: true },
  'sign-in-expired': { message: 'Your sign-in has ended. Sign in again; your unsent edits stay.', retry: false },
  'not-allowed': {
    message: 'You have no access to this client. Ask an administrator of your organisation.',
    retry: false,
  },
  'administrator-needed': {
    message: 'This needs an administrator of your organisation. Ask {who}.',
    retry: false,
  },
  'last-administrator': {
    message: '{name} is the only administrator. Appoint another one first.',
    retry: false,
  },
  'read-only': {
    message: 'You may look at this client and not change anything. Ask an administrator if you should.',
    retry: false,
  },
  'client-left': {
    message:
      'You do not work for this client any more, and some of your edits have not reached the cloud. Ask an administrator to give the client back, or withdraw the edits on its sync page.',
    retry: false,
  },
  // the profile and its files
  'profile-in-use': {
    message:
      'This profile is already open in another Bulkhead (process {pid}). Use that window, or start with another --profile.',
    retry: false,
  },
  'profile-unreadable': {
    message:
      'The file {file} of this profile cannot be read ({reason}). Restore it from a backup or start with another --profile.',
    retry: false,
  },
  'port-in-use': {
    message: 'Port {port} is in use. Choose another with --port, or --port=0 for a free one.',
    retry: false,
  },
  'disk-full': { message: 'The disk is full. Free some space; nothing is lost and work goes on then.', retry: true },
  'key-wrong': {
    message:
      "This client's files cannot be opened with the key of this profile. Restore keyring.json from a backup; the files are left as they are.",
    retry: false,
  },
  'key-missing': {
    message:
      "The key of this client's files is missing from keyring.json. Restore that file from a backup; the client's files are left as they are.",
    retry: false,
  },
  'passphrase-wrong': { message: 'That passphrase does not open this profile. Try again.', retry: false },
  'passphrase-needed': {
    message: 'This profile is sealed with a passphrase. Enter it, or start with BULKHEAD_PASSPHRASE set.',
    retry: false,
  },
  'keychain-missing': {
    message:
      'This system has no keychain that protects keys ({store}). Choose a passphrase for this profile, or set up a keychain and start again.',
    retry: false,
  },
  'sealing-changed': {
    message:
      'This profile was sealed with {was}, but only {now} is available. Bring {was} back and start again; nothing was changed.',
    retry: false,
  },
  'keychain-changed': {
    message:
      "The keychain no longer opens the keys of this profile: it was reset, or is another's. Bring it back or restore a recovery file; nothing was changed.",
    retry: false,
  },
  'keychain-exposed': {
    message:
      "The only keychain here ({store}) hides nothing: any program of your account, and whoever copies your folders, can read your clients' files. Choose a passphrase, or accept that.",
    retry: false,
  },
  'keyring-missing': {
    message:
      "The file keyring.json is missing, and with it the keys of your clients' files. Bring it back or restore a recovery file; the files are left as they are.",
    retry: false,
  },
  'lock-needs-passphrase': {
    message: 'Nothing could unlock the console again: this system does not ask who you are. Set a passphrase first.',
    retry: false,
  },
  'unlock-refused': { message: 'The system did not confirm that it is you. Try again.', retry: false },
  locked: { message: 'The console is locked. Unlock it first.', retry: false },
  'recovery-passphrase-wrong': {
    message: 'That passphrase does not open this recovery file. Nothing was changed; try again.',
    retry: false,
  },
  'recovery-damaged': {
    message: 'This is no recovery file, or a damaged one ({reason}). Nothing was changed; use another copy.',
    retry: false,
  },
  'recovery-foreign': {
    message: 'This recovery file belongs to another profile: its keys do not open the files here. Nothing was changed.',
    retry: false,
  },
  'sign-in-other': {
    message: 'This profile belongs to {name}. Sign in as {name}, or start with another --profile.',
    retry: false,
  },
  'rotation-failed': {
    message:
      "The new copies of this client's files could not be made. Its files and its key are as they were; try again.",
    retry: true,
  },
  'file-newer': {
    message:
      'The file {file} was written by a newer Bulkhead (schema {theirs}, this one knows {ours}). Update the app; the file is left as it is.',
    retry: false,
  },
  'file-damaged': { message: 'The file {file} is damaged. {remedy}', retry: false },
  'ledger-salvaged': {
    message:
      'The file of your unsent edits was damaged: {recovered} edits were recovered, {lost} places could not be read. Check your last edits; the damaged file is kept as {file}.',
    retry: false,
  },
  // credentials
  'reason-needed': { message: 'Say why you need this: the rules of this client ask for a reason.', retry: false },
  'credential-refused': {
    message: 'You may not {act} this credential. Ask a technician who may.',
    retry: false,
  },
  'secret-unreadable': {
    message:
      'This secret cannot be opened: what is stored was changed, or belongs elsewhere. Restore an earlier version, or enter it again.',
    retry: false,
  },
  'credential-elsewhere': {
    message: 'This credential is not for {host}, so it was not used there. Correct its address, or use another one.',
    retry: false,
  },
  'grant-ended': {
    message: '{host} does not renew this sign-in any more. Sign in there again and enter the new refresh token.',
    retry: false,
  },
  'grant-failed': { message: '{host} did not renew this sign-in ({reason}). Try again later.', retry: true },
  // the compartment and the channel
  'host-lost': {
    message: 'The console has stopped. It is reconnected by itself; what you saved is safe.',
    retry: true,
  },
  'scope-closed': { message: 'This client was closed. Open it again.', retry: false },
  'scope-rested': {
    message: 'This client was let go of because nobody looked at it for a while. It opens again when you go there.',
    retry: true,
  },
  'compartment-crashed': {
    message: "This client's compartment stopped and is starting again. Your edits are safe.",
    retry: true,
  },
  'compartment-out-of-memory': {
    message: "This client's compartment used up its memory and is starting again. Your edits are safe.",
    retry: true,
  },
  'compartment-unresponsive': {
    message: "This client's compartment did not answer and is being started again. Your edits are safe.",
    retry: true,
  },
  'compartment-stopped': {
    message:
      "This client's compartment was stopped: {what}. The other clients go on. Open the client again to retry; its diagnostics hold no customer data.",
    retry: false,
  },
  'compartment-stuck': {
    message:
      'This client is held by work that cannot be interrupted, so its files stay as they are. Restart Bulkhead to open it; the other clients go on.',
    retry: false,
  },
  'not-found': { message: '{what} does not exist (any more).', retry: false },
  'invalid-input': { message: '{reason}', retry: false },
  cancelled: { message: 'Cancelled.', retry: false },
  'not-signed-in': { message: 'Sign in first.', retry: false },
  'sandbox-failed': { message: 'The sample clients could not be started: {reason}', retry: true },
  internal: { message: 'Something went wrong inside Bulkhead. Try again; if it stays, restart the app.', retry: true },
} as const satisfies Record<string, { message: string; retry: boolean }>

export type ProblemCode = keyof typeof problems

/** A problem as data: what crosses every border. */
export interface Problem {
  code: ProblemCode
  message: string
  retry: boolean
}

type Details = Record<string, string | number>

/** Builds a problem from the list; details never hold secrets. */
export function problem(code: ProblemCode, details: Details = {}): Problem {
  const { message, retry } = problems[code]
  return { code, message: message.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? '?')), retry }
}

/** The same as an exception, for use inside a side. */
export class ProblemError extends Error {
  readonly problem: Problem
  constructor(code: ProblemCode, details: Details = {}, options?: ErrorOptions) {
    const made = problem(code, details)
    super(made.message, options)
    this.name = 'ProblemError'
    this.problem = made
  }
}

/** The problem inside anything thrown, wrapped errors included; what is not in the list becomes `internal`. */
export function problemOf(error: unknown): Problem {
  for (let e = error, depth = 0; e instanceof Error && depth < 5; e = e.cause, depth++) {
    if (e instanceof ProblemError) return e.problem
  }
  return problem('internal')
}
