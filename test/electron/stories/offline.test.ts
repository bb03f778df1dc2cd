import { cloudAway } from '../../e2e/cloud-away.ts'
import { playOn } from '../../e2e/hosts.ts'

// The cloud goes away and comes back, on the built Electron app in the harness: it keeps what waits over a kill.
playOn('electron-harness')
cloudAway()
