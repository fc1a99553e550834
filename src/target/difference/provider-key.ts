import { isObject, type JsonObject } from '../../json.js';
import { isSecretRef } from '../../secret.js';
import type { Body, BodyValue, ProviderKeyObject } from '../objects.js';
import { secretVar } from '../schemas/secret-var.js';
import {
  asks,
  bodyOf,
  canonical,
  compareSecret,
  compareSet,
  compareValue,
  differ,
  isBody,
  show,
  stringsOf,
  type Comparison,
} from './comparison.js';

/**
 * Name, credential, what it serves and how. The provider is not a member of the body: compare `found.provider` with the path.
 * Not compared: discovery status, `use_for_batch_api`.
 */
export function compareProviderKey(comparison: Comparison, body: Body, found: ProviderKeyObject): void {
  if ('name' in body) compareValue(comparison, 'name', body['name'], found.name);
  if (asks(comparison, body, 'value')) compareKeyValue(comparison, body['value'], found);
  // A key PUT is a full replacement but for `enabled` and `value` (B§4.4): what it leaves out is emptied.
  compareSet(comparison, 'models', stringsOf(body['models']), found.models);
  compareSet(comparison, 'blacklisted_models', stringsOf(body['blacklisted_models']), found.blacklistedModels ?? []);
  compareValue(comparison, 'weight', body['weight'] ?? 0, found.weight);
  compareAliases(comparison, bodyOf(body['aliases']), found.aliases);
  if (asks(comparison, body, 'enabled')) compareValue(comparison, 'enabled', body['enabled'] ?? true, found.enabled);
  compareConfigs(comparison, body, found.config);
}

function compareKeyValue(comparison: Comparison, wanted: BodyValue | undefined, found: ProviderKeyObject): void {
  compareSecret(comparison, 'value', wanted, { value: found.redactedValue, ref: found.reference, env_var: null });
}

function compareAliases(comparison: Comparison, wanted: Body, found: ProviderKeyObject['aliases']): void {
  for (const alias of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
    const [asked, shown] = [aliasTarget(wanted[alias]), aliasTarget(found[alias])];
    if (canonical(asked) !== canonical(shown)) differ(comparison, `aliases[${alias}]`, show(asked), show(shown));
  }
}

/** An object with nothing but `model_id` comes back as a plain string (B§4.6). */
function aliasTarget(value: unknown): unknown {
  if (!isObject(value)) return value ?? null;
  const members = Object.entries(value).filter(
    ([, member]) => member !== null && member !== '' && member !== undefined,
  );
  const plain = members.map(
    ([name, member]) => [name, isObject(member) && 'value' in member ? member['value'] : member] as const,
  );
  return plain.length === 1 && plain[0]?.[0] === 'model_id' ? plain[0][1] : Object.fromEntries(plain);
}

function compareConfigs(comparison: Comparison, body: Body, found: JsonObject): void {
  const wantedConfigs = Object.keys(body).filter((member) => member.endsWith('_key_config'));
  for (const config of new Set([...wantedConfigs, ...Object.keys(found)])) {
    const wanted = bodyOf(body[config]);
    const shown = isObject(found[config]) ? found[config] : {};
    for (const member of new Set([...Object.keys(wanted), ...Object.keys(shown)])) {
      // Dropped with Azure's deployment URLs (1.5.5): newer gateways ignore it.
      if (member === 'api_version' && comparison.options.capabilities?.azureApiVersion === false) continue;
      compareConfigMember(comparison, `${config}.${member}`, wanted[member], shown[member]);
    }
  }
}

/** Strings are secret-typed nearly everywhere: shown in clear or redacted, depending on version and member (B§4.4). */
function compareConfigMember(
  comparison: Comparison,
  field: string,
  wanted: BodyValue | undefined,
  shown: unknown,
): void {
  if (isEmpty(wanted) && isEmpty(shown)) return;
  if (isSecretRef(wanted) || typeof wanted === 'string' || isShownSecret(shown)) {
    const parsed = secretVar.nullish().safeParse(shown);
    return compareSecret(comparison, field, wanted, parsed.success ? parsed.data : null);
  }
  if (Array.isArray(wanted) || Array.isArray(shown)) {
    return compareSet(comparison, field, stringsOf(wanted), Array.isArray(shown) ? shown.map(String) : []);
  }
  if (isBody(wanted) ? canonical(wanted) !== canonical(shown) : (wanted ?? false) !== (shown ?? false)) {
    differ(comparison, field, show(wanted), show(shown));
  }
}

function isShownSecret(shown: unknown): boolean {
  return isObject(shown) && 'value' in shown;
}

function isEmpty(member: unknown): boolean {
  if (member === undefined || member === null || member === '' || member === false) return true;
  if (Array.isArray(member)) return member.length === 0;
  return isShownSecret(member) && isObject(member) && !member['value'] && !member['ref'] && !member['env_var'];
}
