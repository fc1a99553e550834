import { isObject } from '../json.js';
import type { ManagementApi } from './management-api.js';

/**
 * The version of the proxy (L§1.4): readiness tells it up to 1.81, its details page in newer releases, and the OpenAPI
 * document, some 2 MB, in all. null when none does.
 */
export async function findVersion(api: ManagementApi): Promise<string | null> {
  for (const path of ['/health/readiness', '/health/readiness/details']) {
    const { body } = await api.get(path);
    if (isObject(body) && typeof body.litellm_version === 'string') return body.litellm_version;
  }
  const { body } = await api.get('/openapi.json').catch(() => ({ body: null }));
  const info = isObject(body) ? body.info : undefined;
  const version = isObject(info) ? info.version : undefined;
  return typeof version === 'string' && /^\d/.test(version) ? version : null;
}
