import { createHash } from 'node:crypto';
import { finding, type Finding } from '../findings.js';
import { isSecretRef, type SecretRef } from '../secret.js';
import type { Deployment, NamedCredential, Param, Params } from '../sources/records.js';
import type { Body, BodyValue } from '../target/objects.js';

/** Which credential a deployment really uses, and how a Bifrost key says it (mapping.md M3, M4, M16). */

/** A deployment's litellm_params after its named credential has filled what it leaves out (M3, L§3.6). */
export type EffectiveParams = {
  readonly params: Params;
  /** Name of the credential that gave at least one member, for the key's name. */
  readonly credential: string | null;
};

export function effectiveParams(
  deployment: Deployment,
  credentials: ReadonlyMap<string, NamedCredential>,
): EffectiveParams {
  const name = deployment.params['litellm_credential_name'];
  const named = typeof name === 'string' ? credentials.get(name) : undefined;
  if (!named) return { params: deployment.params, credential: null };
  const filled = Object.entries(named.values).filter(
    ([member, value]) => !isSet(deployment.params[member]) && isSet(value),
  );
  return {
    params: { ...deployment.params, ...Object.fromEntries(filled) },
    credential: filled.length > 0 ? named.name : null,
  };
}

/** Set = LiteLLM would use it: not missing, null or an empty string. */
export function isSet(value: Param | undefined): value is Exclude<Param, null> {
  return value !== undefined && value !== null && value !== '';
}

export type Problem = { readonly reason: string; readonly message: string; readonly nextStep: string };

export type Value =
  | { readonly ok: true; readonly value: string | SecretRef; readonly reference: string | null }
  | { readonly ok: false; readonly problem: Problem };

const REFERENCE = /^os\.environ\/(.+)$/;

/** The variable name of an `os.environ/NAME` reference; null for anything else. */
export function variableOf(value: Param | undefined): string | null {
  return typeof value === 'string' ? (REFERENCE.exec(value)?.[1] ?? null) : null;
}

/** One credential member as Bifrost takes it: reference, literal or refusal (M4, B§4.4). `field` names it in messages. */
export function credentialValue(value: Exclude<Param, null>, field: string): Value {
  const variable = variableOf(value);
  if (variable !== null) return { ok: true, value: `env.${variable}`, reference: variable };
  if (isSecretRef(value)) return value.reserved ? reserved(field) : { ok: true, value, reference: null };
  if (typeof value === 'object' && '$undecryptable' in value) {
    return refuse(
      'undecryptable',
      `${field} cannot be decrypted`,
      'Set LITELLM_SALT_KEY to the salt key this value was stored under.',
    );
  }
  if (typeof value === 'object' && '$masked' in value) {
    return refuse(
      'needs_database',
      `${field} is hidden by the management API`,
      'Set LITELLM_DB_URL and LITELLM_SALT_KEY so that the stored value can be read.',
    );
  }
  if (typeof value === 'object') {
    return refuse('odd_value', `${field} is not a text`, 'Store it as a text in LiteLLM.');
  }
  const text = String(value);
  if (/^oidc\//.test(text)) {
    return refuse(
      'runtime_token',
      `${field} is fetched at run time (${text.split('/')[1] ?? 'oidc'})`,
      'Create this key on Bifrost by hand.',
    );
  }
  if (/^(env|vault)\./.test(text)) return reserved(field);
  if (/^.{4}\*+.{4}$/.test(text) || /^\*+$/.test(text) || text === 'None') {
    return refuse(
      'masked_value',
      `${field} is a masked value`,
      'Set LITELLM_DB_URL so that the stored value can be read.',
    );
  }
  return { ok: true, value: text, reference: null };
}

function reserved(field: string): Value {
  return refuse(
    'looks_like_reference',
    `${field} begins with "env." or "vault.", which Bifrost would take for a reference`,
    'Put the value into an environment variable and refer to it.',
  );
}

function refuse(reason: string, message: string, nextStep: string): Value {
  return { ok: false, problem: { reason, message, nextStep } };
}

/** A key to be: what goes into the POST besides name, models, aliases and weight. */
export type KeyMaterial = {
  /** `value` of the key; '' when the provider takes its credential from the config or the environment of Bifrost. */
  readonly value: string | SecretRef;
  /** `azure_key_config` and its like; {} for plain keys. */
  readonly config: Body;
  /** Part of the key's name: variable, credential name, host, region, project. */
  readonly label: string;
  /** Equal for equal credentials within one journal: grouping (M18). */
  readonly identity: string;
  /** Equal in every journal: names. */
  readonly stableIdentity: string;
  readonly findings: readonly Finding[];
};

/** Identity of a credential without the credential: secrets count by fingerprint (one journal) or tag (every journal). */
export function identityOf(value: BodyValue, by: 'fingerprint' | 'tag'): string {
  const shown = (v: BodyValue): unknown => {
    if (isSecretRef(v)) return `secret:${by === 'tag' ? (v.tag ?? v.fingerprint) : v.fingerprint}`;
    if (Array.isArray(v)) return (v as readonly BodyValue[]).map(shown);
    if (typeof v === 'object' && v !== null) {
      return Object.fromEntries(
        Object.entries(v as Body)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([k, m]) => [k, shown(m)]),
      );
    }
    return v;
  };
  return createHash('sha256')
    .update(JSON.stringify(shown(value)))
    .digest('hex')
    .slice(0, 32);
}

export function keyMaterial(
  value: string | SecretRef,
  config: Body,
  label: string,
  findings: readonly Finding[],
): KeyMaterial {
  return {
    value,
    config,
    label,
    identity: identityOf({ value, config }, 'fingerprint'),
    stableIdentity: identityOf({ value, config }, 'tag'),
    findings,
  };
}

/** LiteLLM falls back to the provider's environment variable without saying so (M3, L§7.2). */
export function implicitVariable(
  variables: readonly string[],
  provider: string,
): { value: string; findings: Finding[] } | null {
  const variable = variables[0];
  if (variable === undefined) return null;
  return {
    value: `env.${variable}`,
    findings: [
      finding(
        'change',
        'implicit_env_credential',
        'api_key',
        `no api_key is set: LiteLLM uses ${variables.join(' or ')} for ${provider}; the key on Bifrost refers to ${variable}, which must be set there`,
      ),
    ],
  };
}
