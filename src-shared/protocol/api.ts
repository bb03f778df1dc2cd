/** The protocol version that this code speaks. The cloud answers every request with it in {@link API_HEADER}. */
export const API_VERSION = 1

/** Response header with the cloud's protocol version; its absence means that no Bulkhead cloud answered. */
export const API_HEADER = 'bulkhead-api'

export const paths = {
  health: '/healthz',
  openapi: '/openapi.json',
  session: '/v1/session',
  refresh: '/v1/session/refresh',
  tenants: '/v1/organisation/tenants',
  tenantToken: (tenantId: string) => `/v1/organisation/tenants/${tenantId}/token`,
  technicians: '/v1/organisation/technicians',
  technicianRole: (id: string) => `/v1/organisation/technicians/${id}/role`,
  events: '/v1/organisation/events',
  versions: '/v1/organisation/versions',
  defaults: '/v1/organisation/defaults',
  defaultsHistory: '/v1/organisation/defaults/history',
  defaultsRestore: '/v1/organisation/defaults/restore',
  templates: '/v1/organisation/templates',
  onboardings: '/v1/organisation/onboardings',
  onboarding: (id: string) => `/v1/organisation/onboardings/${id}`,
  onboardingFile: (id: string) => `/v1/organisation/onboardings/${id}/file`,
  onboardingChecks: (id: string) => `/v1/organisation/onboardings/${id}/checks`,
  onboardingCancel: (id: string) => `/v1/organisation/onboardings/${id}/cancel`,
  onboardingStep: (id: string, step: string) => `/v1/organisation/onboardings/${id}/steps/${step}`,
  onboardingRetry: (id: string, step: string) => `/v1/organisation/onboardings/${id}/steps/${step}/retry`,
  onboardingSkip: (id: string, step: string) => `/v1/organisation/onboardings/${id}/steps/${step}/skip`,
  import: '/v1/import',
  export: (kind: string) => `/v1/export/${kind}`,
  settings: '/v1/settings',
  settingsHistory: '/v1/settings/history',
  settingsRestore: '/v1/settings/restore',
  changes: '/v1/changes',
  checksums: '/v1/checksums',
  mutations: '/v1/mutations',
  attachmentParts: (id: string) => `/v1/attachments/${id}/parts`,
  attachmentPart: (id: string, part: number) => `/v1/attachments/${id}/parts/${part}`,
  attachmentComplete: (id: string) => `/v1/attachments/${id}/complete`,
  attachmentContent: (id: string) => `/v1/attachments/${id}/content`,
} as const
