import * as z from 'zod';
import { MigrateError } from '../errors.js';
import { isObject } from '../json.js';
import type { ObjectKind, ObjectOf, TargetObject } from './objects.js';
import { parseModelConfig } from './schemas/model-config.js';
import { parseCustomer, parseMember, parseTeam, parseUser } from './schemas/owner.js';
import { parseProvider } from './schemas/provider.js';
import { parseProviderKey } from './schemas/provider-key.js';
import { parsePricingOverride, parseRoutingRule } from './schemas/rule.js';
import { parseVirtualKey } from './schemas/virtual-key.js';
import type { FindHint } from './target.js';

type Shape = {
  /** Member that holds the object in answers; '' = the answer is the object (B§2). */
  readonly wrapper: string;
  /** undefined when the hint lacks what the row does not say. Throws z.ZodError for rows of another shape. */
  readonly parse: (row: unknown, hint: FindHint) => TargetObject | undefined;
};

const SHAPES: { readonly [K in ObjectKind]: Shape } = {
  provider: { wrapper: '', parse: parseProvider },
  provider_key: {
    wrapper: '',
    parse: (row, { provider }) => (provider === undefined ? undefined : parseProviderKey(row, provider)),
  },
  model_config: { wrapper: 'model_config', parse: parseModelConfig },
  customer: { wrapper: 'customer', parse: parseCustomer },
  team: { wrapper: 'team', parse: parseTeam },
  user: { wrapper: 'user', parse: parseUser },
  member: {
    wrapper: 'member',
    parse: (row, { teamId }) => (teamId === undefined ? undefined : parseMember(row, teamId)),
  },
  virtual_key: { wrapper: 'virtual_key', parse: parseVirtualKey },
  routing_rule: { wrapper: 'rule', parse: parseRoutingRule },
  pricing_override: { wrapper: 'pricing_override', parse: parsePricingOverride },
};

/** The object in the answer to a write or a GET by id; undefined when it is not there or has another shape. */
export function parseAnswer<K extends ObjectKind>(
  kind: K,
  json: unknown,
  hint: FindHint = {},
): ObjectOf<K> | undefined {
  const { wrapper } = SHAPES[kind];
  // Enterprise answers to a new member are documented only in part (B§6.1): wrapped or bare.
  const row =
    wrapper === '' || (kind === 'member' && isObject(json) && !(wrapper in json))
      ? json
      : isObject(json)
        ? json[wrapper]
        : null;
  try {
    return SHAPES[kind].parse(row, hint) as ObjectOf<K> | undefined;
  } catch (error) {
    if (error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/** One row of a list. Throws target_unexpected: a row that cannot be read could be the very name that is about to be written. */
export function parseRow<K extends ObjectKind>(kind: K, row: unknown, hint: FindHint = {}): ObjectOf<K> {
  try {
    const object = SHAPES[kind].parse(row, hint);
    if (object !== undefined) return object as ObjectOf<K>;
    throw new Error(`no provider or team is known for a ${kind}`);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const where = error.issues.map((issue) => `${issue.path.join('.') || 'row'}: ${issue.message}`).slice(0, 3);
    throw new MigrateError(
      'target_unexpected',
      `Bifrost lists a ${kind.replace('_', ' ')} in a shape this program does not know (${where.join('; ')}).`,
      'Report the version of the gateway; nothing was written because of it.',
      { cause: error },
    );
  }
}
