import { createHash } from 'node:crypto';
import type { Deployment } from '../sources/records.js';
import type { Capabilities } from '../target/target.js';
import { customProviderName } from './base-url.js';
import type { Problem } from './credentials.js';
import type { Endpoint, EndpointResult, PlannedProvider } from './endpoint.js';
import type { Groups } from './groups.js';
import type { PlannedKey } from './key-planner.js';
import type { Meaning } from './meanings.js';
import { KNOWN_STANDARD_PROVIDERS, SLUGS } from './providers.js';

/** Deployments whose name is a pattern (mapping.md M17, P§2.5–2.9). */
export type WildcardPlan =
  | {
      readonly ok: true;
      readonly provider: PlannedProvider;
      readonly key: PlannedKey;
      readonly pattern: Pattern;
      /** Callers' names arrive at the provider without a rule, because it has the name of their prefix. */
      readonly reachable: boolean;
    }
  | { readonly ok: false; readonly problem: Problem };

/** `openai/gpt-4*` = segment `openai`, rest `gpt-4*`; without a slash the segment is empty. */
export type Pattern = { readonly text: string; readonly segment: string; readonly rest: string };

export type WildcardInput = {
  readonly groups: Groups;
  readonly meanings: readonly Meaning[];
  readonly endpoints: ReadonlyMap<string, EndpointResult>;
  readonly capabilities: Capabilities;
  readonly existingProviders: readonly string[];
  readonly routing: boolean;
};

/** Where bare names end that nobody serves: it has no keys, so it is never called. */
export const SINK = 'no-such-model';

/** Its address is never used; the discard port of the gateway's own machine resolves everywhere. */
export function sinkProvider(): PlannedProvider {
  return {
    name: SINK,
    baseType: 'openai',
    baseUrl: 'http://127.0.0.1:9',
    paths: {},
    keyless: false,
    listModels: false,
    allowPrivateNetwork: true,
    hostKind: 'loopback',
  };
}

/** The model behind a pattern's segment when `name` is one the pattern serves unrewritten; null = it is not. */
export function behindPattern({ segment, rest }: Pattern, name: string): string | null {
  if (segment !== '' && !name.startsWith(`${segment}/`)) return null;
  const model = segment === '' ? name : name.slice(segment.length + 1);
  const [head = '', ...more] = rest.split('*');
  const tail = more.pop() ?? '';
  if (model.length < head.length + tail.length || !model.startsWith(head) || !model.endsWith(tail)) return null;
  return more.every((middle) => model.includes(middle)) ? model : null;
}

export function planWildcards(input: WildcardInput): Map<string, WildcardPlan> {
  const { groups, endpoints, meanings } = input;
  const explicit = new Set<string>();
  const prefixes = new Set<string>();
  for (const { name, group } of meanings) {
    if (name.includes('/')) prefixes.add(name.slice(0, name.indexOf('/')));
    for (const { deployment } of group.members) {
      const result = endpoints.get(deployment.id);
      if (result?.ok) explicit.add(result.endpoint.provider.name);
    }
  }
  const planner = new Planner(input, explicit, prefixes);
  return new Map(groups.wildcards.map((d) => [d.id, planner.plan(d)]));
}

const refuse = (reason: string, message: string, nextStep = NAME_THEM): WildcardPlan => ({
  ok: false,
  problem: { reason, message, nextStep },
});

const NAME_THEM = 'Name the models it stands for as deployments of their own.';

class Planner {
  readonly #taken = new Set<string>();
  readonly #known: ReadonlySet<string>;

  constructor(
    private readonly input: WildcardInput,
    private readonly explicit: ReadonlySet<string>,
    private readonly prefixes: ReadonlySet<string>,
  ) {
    const { capabilities, existingProviders } = input;
    this.#known = new Set([...KNOWN_STANDARD_PROVIDERS, ...capabilities.standardProviders, ...existingProviders]);
  }

  plan(deployment: Deployment): WildcardPlan {
    const pattern = patternOf(deployment.modelName);
    if (pattern.text === '*')
      return refuse(
        'wildcard_all',
        '"*" serves every name there is, which no provider on Bifrost can',
        'Name the models callers use as deployments of their own, or as "<provider>/*".',
      );
    if (pattern.segment.includes('*'))
      return refuse('partial_wildcard', `"${pattern.text}" stands for several providers, which no rule can say`);
    const result = this.input.endpoints.get(deployment.id);
    if (!result?.ok) {
      const problem = result?.problem ?? {
        reason: 'unsupported_provider',
        message: 'its provider cannot be carried',
        nextStep: '',
      };
      return { ok: false, problem };
    }
    return this.#carried(deployment, pattern, result.endpoint);
  }

  #carried(deployment: Deployment, pattern: Pattern, endpoint: Endpoint): WildcardPlan {
    const { provider, key } = endpoint;
    const { text, segment, rest } = pattern;
    if (!endpoint.upstream.includes('*') || endpoint.upstream !== rest)
      return refuse(
        'renamed_wildcard',
        `"${text}" sends to "${endpoint.upstream}", which is more than a change of prefix`,
      );
    if (key === null)
      return refuse(
        'keyless_wildcard',
        `"${text}" leads to a server without keys, which would answer every name`,
        'Name the models it serves as deployments of their own.',
      );
    const isWhole = rest === '*';
    if (!this.input.routing && (!isWhole || segment === '' || segment.includes('/')))
      return refuse('partial_wildcard', `"${text}" is a partial pattern, which needs a routing rule`);
    const isPlain = provider.baseType === null && provider.name === segment;
    if (isWhole && isPlain && !this.explicit.has(segment) && !this.#taken.has(segment)) {
      this.#taken.add(segment);
      return planned(deployment, provider, key, pattern, true);
    }
    const standard = SLUGS[endpoint.slug];
    if (provider.baseType === null && standard?.kind !== 'standard')
      return refuse(
        'wildcard_needs_rule',
        `"${text}" shares the provider ${provider.name} with models that have names of their own`,
      );
    const wire = provider.baseType ?? (standard?.kind === 'standard' ? standard.wire : 'openai');
    const base =
      provider.baseUrl ?? (standard?.kind === 'standard' ? (standard.defaultBase ?? '').replace(/\/v1$/, '') : '');
    const own = this.#mayBeNamed(segment);
    // A rule cannot take a prefix off that Bifrost does not split off by itself (P§2.7).
    if (this.input.routing && !own && segment !== '' && !this.#known.has(segment))
      return refuse('renamed_wildcard', `"${text}" begins with "${segment}", which cannot be the name of a provider`);
    const name = own ? segment : this.#anyName(endpoint.slug, base, deployment.id);
    this.#taken.add(name);
    const any = { ...provider, name, baseType: wire, baseUrl: base, listModels: false };
    return planned(deployment, any, key, pattern, own);
  }

  /** A provider of the prefix's name needs no rule; without rules no other name may begin with it (P§2.7). */
  #mayBeNamed(segment: string): boolean {
    return (
      /^[a-z0-9][a-z0-9._-]{0,49}$/.test(segment) &&
      !KNOWN_STANDARD_PROVIDERS.includes(segment) &&
      !this.input.capabilities.standardProviders.has(segment) &&
      !this.explicit.has(segment) &&
      !this.#taken.has(segment) &&
      segment !== SINK &&
      (this.input.routing || !this.prefixes.has(segment))
    );
  }

  #anyName(slug: string, base: string, id: string): string {
    const name = customProviderName(`${slug}-any`, base);
    return this.#taken.has(name)
      ? `${slug}-any-${createHash('sha256').update(`${base}\0${id}`).digest('hex').slice(0, 16)}`
      : name;
  }
}

function patternOf(text: string): Pattern {
  const slash = text.indexOf('/');
  return slash < 0
    ? { text, segment: '', rest: text }
    : { text, segment: text.slice(0, slash), rest: text.slice(slash + 1) };
}

function planned(
  deployment: Deployment,
  provider: PlannedProvider,
  material: PlannedKey['material'],
  pattern: Pattern,
  reachable: boolean,
): WildcardPlan {
  const key: PlannedKey = {
    name: `${provider.name}/${material.label} *`,
    provider: provider.name,
    material,
    models: ['*'],
    aliases: {},
    azure: false,
    weight: 1,
    deployments: [deployment.id],
  };
  return { ok: true, provider, key, pattern, reachable };
}
