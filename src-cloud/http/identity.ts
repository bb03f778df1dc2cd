import type { FastifyInstance } from 'fastify'
import { ProblemError } from '../../src-shared/problem.ts'
import type { TenantIdentity, Tokens, VerifiedOrganisation } from '../tokens.ts'

/**
 * Opens the routes of `app` to tenant tokens only.
 * @returns who a request's token speaks for
 */
export function tenantOnly(app: FastifyInstance, tokens: Tokens): (request: object) => TenantIdentity {
  const identities = new WeakMap<object, TenantIdentity>()
  app.addHook('onRequest', async (request) => {
    identities.set(request, await tokens.verifyTenant(request.headers.authorization))
  })
  return (request) => {
    const identity = identities.get(request)
    if (!identity) throw new ProblemError('sign-in-expired')
    return identity
  }
}

/**
 * Opens the routes of `app` to organisation tokens only.
 * @returns who a request's token speaks for
 */
export function organisationOnly(app: FastifyInstance, tokens: Tokens): (request: object) => VerifiedOrganisation {
  const identities = new WeakMap<object, VerifiedOrganisation>()
  app.addHook('onRequest', async (request) => {
    identities.set(request, await tokens.verifyOrganisation(request.headers.authorization))
  })
  return (request) => {
    const identity = identities.get(request)
    if (!identity) throw new ProblemError('sign-in-expired')
    return identity
  }
}
