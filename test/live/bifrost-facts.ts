import { member, textMember } from './answer.js';
import type { ProviderFact } from './names.js';

/** What the judge asks Bifrost's management API. */
export type BifrostFacts = {
  readonly providers: readonly ProviderFact[];
  /** Values of virtual keys with is_active false. Answers do not tell: 1.5.16 says 400 to names it cannot resolve first. */
  readonly inactive: ReadonlySet<string>;
};

/** One GET of the management API, as JSON; throws when it is refused or is not JSON. */
export type ReadBifrost = (path: string) => Promise<unknown>;

export function bifrostReader(baseUrl: string, credential: string | null): ReadBifrost {
  return async (path) => {
    const response = await fetch(baseUrl + path, { headers: authorization(credential) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return response.json();
  };
}

export async function readBifrost(read: ReadBifrost): Promise<BifrostFacts> {
  const virtualKeys = asArray(member(await read('/api/governance/virtual-keys'), 'virtual_keys'));
  const asleep = virtualKeys.filter((key) => member(key, 'is_active') === false);
  return {
    providers: await readProviders(read),
    inactive: new Set(asleep.flatMap((key) => textMember(key, 'value') ?? [])),
  };
}

async function readProviders(read: ReadBifrost): Promise<ProviderFact[]> {
  const facts: ProviderFact[] = [];
  for (const provider of asArray(member(await read('/api/providers'), 'providers'))) {
    const name = textMember(provider, 'name') ?? '';
    const keys = asArray(member(await read(`/api/providers/${encodeURIComponent(name)}/keys`), 'keys'));
    facts.push({ name, models: [...new Set(keys.flatMap((key) => asArray(member(key, 'models')).map(String)))] });
  }
  return facts;
}

/** `user:pass` or a bearer token (B§1.1). */
function authorization(credential: string | null): Record<string, string> {
  if (credential === null) return {};
  const basic = credential.includes(':') ? Buffer.from(credential).toString('base64') : null;
  return { authorization: basic === null ? `Bearer ${credential}` : `Basic ${basic}` };
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
