import { sandbox } from '../../../src-cloud/sandbox/sandbox.ts'
import { ATELIER, BRIGHTWATER, firstDay, NORTHVANE } from '../../e2e/first-day.ts'
import { playOn } from '../../e2e/hosts.ts'

// A first day on the built Electron app in the harness, with the clients that it leads to: calls, events, windows, keys
// and a restart go through the app's own parts. What a window does with all of the clients is the same in every host.
playOn('electron-harness')
const there: string[] = [ATELIER, NORTHVANE, BRIGHTWATER]
firstDay(() => {
  const data = sandbox()
  return { ...data, clients: data.clients.filter(({ tenant }) => there.includes(tenant.name)) }
})
