import '@fontsource-variable/inter'
import './mantine.css'
import './tokens.css'
import { createRoot } from 'react-dom/client'
import { createTenants } from '../tenant/tenants.ts'
import { App } from './app.tsx'
import { bridgeAdapter } from './channel/bridge.ts'
import { Connection } from './channel/connection.ts'
import { admit, socketAdapter } from './channel/socket.ts'
import { createConsole } from './console/console.ts'

const connection = new Connection(window.bulkhead ? bridgeAdapter(window.bulkhead) : socketAdapter(admit()))
const console_ = createConsole(connection)
const tenants = createTenants(console_)
console_.session.subscribe(() => {
  if (console_.session.get()?.state !== 'open') tenants.clear()
})

const root = document.getElementById('root')
if (!root) throw new Error('the page has no #root')
createRoot(root).render(<App console={console_} tenants={tenants} />)
