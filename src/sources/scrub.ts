import { isObject, type Json, type JsonObject } from '../json.js';
import { isHeaderMap, isReference, isSecretName, looksLikeSecret } from './secret-names.js';

/** Stands where a value of metadata or settings was that may be a secret. */
export const NOT_SHOWN = '(not shown)';

/** Callback configuration holds keys of observability services under any name (L§4.16). */
const HIDDEN_WHOLE = new Set(['logging', 'callback_vars', 'callback_settings', 'environment_variables']);

/** Their members are named after models, which may be called anything (`env-key-model`). */
const NAMED_BY_MODELS = new Set(
  (
    'fallbacks context_window_fallbacks content_policy_fallbacks budget_fallbacks model_group_alias model_group_retry_policy aliases ' +
    'model_max_budget model_rpm_limit model_tpm_limit model_spend'
  ).split(' '),
);

/** A JSON value fit for the journal: texts under secret names, header values and whatever looks like a credential replaced. */
export function withoutSecrets(value: unknown, name = '', hidden = false): Json {
  const inside = hidden || HIDDEN_WHOLE.has(name) || isHeaderMap(name) || isSecretName(name);
  return scrub(value, inside, NAMED_BY_MODELS.has(name));
}

export function objectWithoutSecrets(value: Record<string, unknown>): JsonObject {
  return members(value, false, false);
}

/** Like objectWithoutSecrets, for objects whose member names are model names. */
export function modelMapWithoutSecrets(value: Record<string, unknown>): JsonObject {
  return members(value, false, true);
}

function scrub(value: unknown, hidden: boolean, namesAreModels: boolean): Json {
  if (typeof value === 'string')
    return value !== '' && !isReference(value) && (hidden || looksLikeSecret(value)) ? NOT_SHOWN : value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item: unknown) => scrub(item, hidden, namesAreModels));
  return isObject(value) ? members(value, hidden, namesAreModels) : null;
}

function members(value: Record<string, unknown>, hidden: boolean, namesAreModels: boolean): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      namesAreModels ? scrub(item, hidden, false) : withoutSecrets(item, name, hidden),
    ]),
  );
}
