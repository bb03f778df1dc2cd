import { setGlobalProxyFromEnv } from 'node:http'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'

/**
 * Makes this thread's requests go the way that the machine is set up for: through the proxy that the environment
 * names, trusting what the system trusts. Compartments get the same by flags of their own.
 */
export function followSystemNetwork(): void {
  setGlobalProxyFromEnv()
  const trusted = [...getCACertificates('default'), ...getCACertificates('system'), ...getCACertificates('extra')]
  setDefaultCACertificates([...new Set(trusted)])
}
