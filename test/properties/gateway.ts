import { isSecretRef } from '../../src/secret.js';
import type { Body, BodyValue, ObjectKind, ObjectOf, TargetObject } from '../../src/target/objects.js';
import type { Snapshot } from '../../src/target/target.js';
import type { BifrostState, BifrostVersion, ProviderState, RuleState } from '../oracles/bifrost/oracle.js';
import { BUILT_IN } from './places.js';

/** An object as it was written: its last body under a made-up id. */
export type Written = {
  readonly kind: ObjectKind;
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly body: Body;
};

/** A Bifrost that takes whatever it is sent. */
export class Gateway {
  readonly #objects = new Map<ObjectKind, Map<string, Written>>();

  all(kind: ObjectKind): readonly Written[] {
    return [...(this.#objects.get(kind)?.values() ?? [])];
  }

  find(kind: ObjectKind, name: string): Written | undefined {
    return this.#objects.get(kind)?.get(name);
  }

  count(kind: ObjectKind): number {
    return this.#objects.get(kind)?.size ?? 0;
  }

  put(kind: ObjectKind, name: string, body: Body, provider = ''): Written {
    const objects = this.#objects.get(kind) ?? new Map<string, Written>();
    this.#objects.set(kind, objects);
    const id = kind === 'provider' ? name : `${kind}:${name}`;
    const written = { kind, id, name, provider, body };
    objects.set(name, written);
    return written;
  }

  /** As planners ask it. */
  snapshot(): Snapshot {
    const shown = <K extends ObjectKind>(kind: K): ObjectOf<K>[] =>
      this.all(kind).map((one) => shownAs(one) as ObjectOf<K>);
    return {
      find: (kind, name) => {
        const found = this.find(kind, name);
        return found === undefined ? [] : [shownAs(found) as never];
      },
      byId: (kind, id) => shown(kind).find((object) => object.id === id),
      all: shown,
      count: (kind) => this.count(kind),
      put: () => undefined,
      remove: () => undefined,
    };
  }

  /** As the oracle wants it. */
  state(version: BifrostVersion): BifrostState {
    return {
      version,
      providers: this.all('provider').map(providerState),
      keys: this.all('provider_key').map(({ id, name, provider, body }) => ({
        id,
        name,
        provider,
        models: texts(body['models']),
        aliases: (body['aliases'] ?? {}) as { [alias: string]: string },
        weight: Number(body['weight']),
      })),
      virtualKeys: this.all('virtual_key').map(({ id, name, body }) => ({
        id,
        name,
        isActive: body['is_active'] !== false,
        teamId: textOrNull(body['team_id']),
        customerId: textOrNull(body['customer_id']),
        providerConfigs: members(body['provider_configs']).map((entry) => ({
          provider: textOrNull(entry['provider']) ?? '',
          weight: typeof entry['weight'] === 'number' ? entry['weight'] : null,
          allowedModels: texts(entry['allowed_models']),
          keyIds: texts(entry['key_ids']),
        })),
      })),
      teams: this.all('team').map(({ id, name, body }) => ({ id, name, customerId: textOrNull(body['customer_id']) })),
      rules: this.all('routing_rule').map(({ body }) => body as unknown as RuleState),
    };
  }

  /** Where calls arrive that this key of this provider takes; a provider without keys has none. */
  placeOf(provider: string, keyId: string | null): { readonly base: string; readonly credential: string } {
    const key = this.all('provider_key').find(({ id }) => id === keyId)?.body;
    const network = this.find('provider', provider)?.body['network_config'] as Body | undefined;
    const structured = ['azure', 'vllm'].map((kind) => key?.[`${kind}_key_config`] as Body | undefined);
    const base =
      structured.map((config) => config?.['endpoint'] ?? config?.['url']).find(Boolean) ??
      network?.['base_url'] ??
      BUILT_IN[provider];
    return {
      base: (typeof base === 'string' ? base : '').replace(/\/+$/, '').replace(/\/v1$/, ''),
      credential: credentialText(key?.['value']),
    };
  }
}

function credentialText(value: BodyValue | undefined): string {
  if (isSecretRef(value)) return value.fingerprint;
  return typeof value === 'string' ? value : '';
}

function providerState({ name, body }: Written): ProviderState {
  const custom = body['custom_provider_config'] as Body | undefined;
  const allowed = custom?.['allowed_requests'] as { readonly [type: string]: boolean } | undefined;
  return {
    name,
    baseType: textOrNull(custom?.['base_provider_type']),
    keyless: custom?.['is_key_less'] === true,
    listModels: allowed === undefined || allowed['list_models'] === true,
    ...(allowed !== undefined && { allowedRequests: allowed }),
  };
}

/** Only what planners look at. */
function shownAs({ kind, id, name, provider, body }: Written): TargetObject {
  const base = { kind, id, name, body };
  const known: { readonly [kind: string]: object } = {
    provider: { baseUrl: null },
    provider_key: {
      provider,
      models: texts(body['models']),
      aliases: body['aliases'] ?? {},
      weight: Number(body['weight']),
    },
    team: { customerId: textOrNull(body['customer_id']) },
    virtual_key: {
      description: body['description'] ?? '',
      teamId: textOrNull(body['team_id']),
      customerId: textOrNull(body['customer_id']),
      providerConfigs: members(body['provider_configs']).map((entry, at) => ({
        id: at,
        provider: entry['provider'],
        weight: entry['weight'],
        allowedModels: texts(entry['allowed_models']),
        keyIds: texts(entry['key_ids']).includes('*') ? '*' : texts(entry['key_ids']),
      })),
    },
  };
  return { ...base, ...known[kind] } as TargetObject;
}

export function members(value: BodyValue | undefined): readonly Body[] {
  return Array.isArray(value) ? (value as readonly Body[]) : [];
}

export function texts(value: BodyValue | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

export function textOrNull(value: BodyValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
