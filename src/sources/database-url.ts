import type { ClientConfig } from 'pg';
import { MigrateError } from '../errors.js';
import type { Secret } from '../secret.js';

/** Parameters only Prisma knows; other drivers refuse or misread them (L§2.1). */
const PRISMA_ONLY = [
  'schema',
  'connection_limit',
  'pool_timeout',
  'pgbouncer',
  'socket_timeout',
  'connect_timeout',
  'statement_cache_size',
  'sslaccept',
  'sslidentity',
  'sslpassword',
];

/**
 * LiteLLM's DATABASE_URL as LITELLM_DB_URL → what pg connects with, and the schema its tables are in (`?schema=`, default public).
 * @throws MigrateError usage; the URL itself is never quoted, it holds a password.
 */
export function databaseConnection(url: Secret): { readonly config: ClientConfig; readonly schema: string } {
  const text = url.reveal().trim();
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) {
    throw new MigrateError(
      'usage',
      'LITELLM_DB_URL is not a postgresql:// address',
      'Set LITELLM_DB_URL to the DATABASE_URL of the proxy; percent-encode special characters of the password.',
    );
  }
  const parsed = new URL(text);
  const schema = parsed.searchParams.get('schema') ?? 'public';
  const lenient = parsed.searchParams.get('sslaccept') === 'accept_invalid_certs';
  for (const name of PRISMA_ONLY) parsed.searchParams.delete(name);
  const mode = parsed.searchParams.get('sslmode');
  if (mode !== null && lenient && mode !== 'disable') parsed.searchParams.set('sslmode', 'no-verify');
  // Prisma and libpq encrypt without checking the certificate under `require`; pg alone would check it.
  else if (mode !== null) parsed.searchParams.set('uselibpqcompat', 'true');
  return {
    schema,
    config: {
      connectionString: parsed.toString(),
      connectionTimeoutMillis: 10_000,
      application_name: 'litellm-to-bifrost',
      keepAlive: true,
    },
  };
}
