import { MigrateError } from '../errors.js';
import { finding, type Finding } from '../findings.js';
import { expectOk } from './api-pages.js';
import { detail, type ManagementApi } from './management-api.js';

/**
 * The body of an endpoint the migration can do without; null and a finding when it is absent, broken, or behind a licence
 * ([N] shows organizations only with one, also to the master key; L§1.10).
 * @param kind plural, e.g. `access_groups`: the codes are `<kind>_not_listed`, `<kind>_need_database`, `<kind>_unreadable`.
 * @throws MigrateError source_unauthorized when the key is not an admin's, source_unreachable.
 */
export async function optionalBody(
  api: ManagementApi,
  kind: string,
  path: string,
  findings: Finding[],
): Promise<unknown> {
  const title = kind.replaceAll('_', ' ');
  try {
    const answer = await api.get(path);
    if (answer.status === 404) {
      findings.push(
        finding('notice', `${kind}_not_listed`, '', `This LiteLLM has no list of ${title} (GET ${path} is not there).`),
      );
      return null;
    }
    if (answer.status === 403 && /enterprise|licen[cs]e/i.test(detail(answer.body))) {
      findings.push(
        finding(
          'loss',
          `${kind}_need_database`,
          '',
          `This LiteLLM shows its ${title} only with a licence: none were read. Set LITELLM_DB_URL to read them from the database.`,
        ),
      );
      return null;
    }
    return expectOk(path, answer);
  } catch (error) {
    if (!(error instanceof MigrateError) || error.code !== 'source_unexpected') throw error;
    const message = `The ${title} could not be read: ${error.message}. LITELLM_DB_URL is the way around it.`;
    findings.push(finding('loss', `${kind}_unreadable`, '', message));
    return null;
  }
}
