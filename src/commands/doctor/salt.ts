import type { Settings } from '../../config.js';
import { MigrateError } from '../../errors.js';
import { isObject } from '../../json.js';
import type { Row } from '../../sources/fields.js';
import { saltProbe } from '../../sources/salt-probe.js';
import { attempt, fail, ok, several, skip, warn, type Found } from './check.js';
import type { DatabaseFacts } from './database.js';

type Stored = { readonly where: string; readonly text: string };

/** Tries the salt key on everything LiteLLM has encrypted (L§2.4). */
export async function examineSalt(
  settings: Settings,
  database: DatabaseFacts | null,
  saltKeyIsMasterKey: boolean,
): Promise<Found> {
  if (database === null)
    return skip('salt_key', 'without the database nothing encrypted is read, and nothing proves the key');
  const probe = saltProbe(settings.litellmSaltKey);
  const opened: Stored[] = [];
  const closed: Stored[] = [];
  for (const stored of storedTexts(database)) {
    const result = probe.decrypt(stored.text);
    if (result.kind === 'opened' && result.text !== '') opened.push(stored);
    if (result.kind === 'undecryptable') closed.push(stored);
  }
  const wrong = await attempt(() => probe.verify());
  if (wrong instanceof MigrateError) return fail('salt_key', wrong);
  const key = saltKeyIsMasterKey ? 'the master key, since LITELLM_SALT_KEY is not set,' : 'LITELLM_SALT_KEY';
  const [first] = opened;
  if (first === undefined) return ok('salt_key', `not proven: the database holds no encrypted value to try ${key} on`);
  if (closed.length === 0)
    return ok('salt_key', `${key} opens all ${opened.length} encrypted value(s), e.g. ${first.where}`);
  return warn(
    'salt_key',
    `${key} opens ${opened.length} encrypted value(s) and not ${closed.length}: ${several(closed.map(({ where }) => where))}`,
    'store those anew in LiteLLM; what does not open is not migrated',
  );
}

/** Top-level texts: nested ones are stored in clear (L§2.4). */
function* storedTexts({ models, credentials, config }: DatabaseFacts): Iterable<Stored> {
  for (const row of models) yield* textsOf(row, 'litellm_params', `model ${nameIn(row, 'model_name')}`);
  for (const row of credentials)
    yield* textsOf(row, 'credential_values', `credential ${nameIn(row, 'credential_name')}`);
  for (const row of config)
    if (row.param_name === 'environment_variables') yield* textsOf(row, 'param_value', 'environment_variables');
}

function* textsOf(row: Row, member: string, owner: string): Iterable<Stored> {
  const values = objectIn(row[member]);
  for (const [name, text] of Object.entries(values))
    if (typeof text === 'string') yield { where: `${name} of ${owner}`, text };
}

/** Rows of old versions hold JSON in a JSON text (L§2.1). */
function objectIn(value: unknown): Record<string, unknown> {
  if (isObject(value)) return value;
  if (typeof value !== 'string') return {};
  try {
    const parsed: unknown = JSON.parse(value);
    return isObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

function nameIn(row: Row, member: string): string {
  const name = row[member];
  return typeof name === 'string' ? name : '?';
}
