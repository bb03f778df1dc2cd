import { Session } from 'node:inspector'

/**
 * To be imported before anything else in a compartment's thread. Node lets a thread attach to the debugger of the main
 * thread, and with that read and run anything there: the keys of every client. Here nobody can.
 */
Reflect.deleteProperty(Session.prototype, 'connectToMainThread')
