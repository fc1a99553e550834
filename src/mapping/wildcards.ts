import { createHash } from 'node:crypto';
import { finding, type Finding } from '../findings.js';
import type { Deployment } from '../sources/records.js';
import type { Capabilities } from '../target/target.js';
import { bifrostBase, customProviderName } from './base-url.js';
import type { Problem } from './credentials.js';
import type { Endpoint, EndpointResult, PlannedProvider } from './endpoint.js';
import type { Group, Groups } from './groups.js';
import type { PlannedKey } from './key-planner.js';
import type { Meaning } from './meanings.js';
import { bySpecificity, patternsMeet } from './patterns.js';
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
  /** Names that mean something of their own to anybody. */
  readonly documented: ReadonlySet<string>;
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

/** What LiteLLM serves behind a pattern and Bifrost does not, for a finding of its deployment. */
export function narrowedBy({
  pattern: { text, segment },
  provider,
  reachable,
}: Extract<WildcardPlan, { ok: true }>): Finding {
  const lost = [
    ...(segment === '' ? ['names that begin with a provider'] : ['bare names, but for a few that every LiteLLM knows']),
    ...(text.endsWith('*') ? [] : ['names that go on behind its end']),
    ...(reachable && provider.baseType === null ? ["names that Bifrost's catalog does not have"] : []),
  ];
  return finding(
    'loss',
    'wildcard_narrowed',
    'model_name',
    `of what LiteLLM serves behind "${text}" these are not: ${lost.join('; ')}`,
  );
}

/** Of several deployments of one pattern one is carried. */
export function carriedPlan(
  { members }: Group,
  { wildcards }: { readonly wildcards: ReadonlyMap<string, WildcardPlan> },
): WildcardPlan | undefined {
  return members.map(({ deployment }) => wildcards.get(deployment.id)).find((plan) => plan?.ok);
}

export function planWildcards(input: WildcardInput): Map<string, WildcardPlan> {
  const { groups, endpoints, meanings, documented } = input;
  const explicit = new Set<string>();
  const { patterns } = groups;
  const prefixes = new Set([...documented].map(segmentOf));
  // One of several patterns with one prefix is more specific than the others, which only rules can say.
  const segments = patterns.map(segmentOf);
  for (const [at, segment] of segments.entries())
    if (segments.some((other, i) => i !== at && other === segment)) prefixes.add(segment);
  for (const { group } of meanings) {
    for (const { deployment } of group.members) {
      const result = endpoints.get(deployment.id);
      if (result?.ok) explicit.add(result.endpoint.provider.name);
    }
  }
  const planner = new Planner(input, explicit, prefixes);
  return new Map(groups.wildcards.map((d) => [d.id, planner.plan(d)]));
}

function segmentOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf('/')));
}

const refuse = (reason: string, message: string, nextStep = NAME_THEM): WildcardPlan => ({
  ok: false,
  problem: { reason, message, nextStep },
});

const NAME_THEM = 'Name the models it stands for as deployments of their own.';

class Planner {
  readonly #taken = new Set<string>();
  readonly #carriedTexts = new Set<string>();
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
    if (this.#carriedTexts.has(pattern.text))
      return refuse(
        'wildcard_twin',
        `another deployment serves "${pattern.text}", too, and all calls of it go there`,
        'Give one of the two a name of its own.',
      );
    const stranger = this.input.groups.patterns.find((other) => isInTheWay(other, pattern));
    if (stranger !== undefined)
      return refuse('partial_wildcard', `no rule can say what "${stranger}" takes of "${pattern.text}"`);
    const plan = this.#carried(deployment, pattern, result.endpoint);
    if (plan.ok) this.#carriedTexts.add(pattern.text);
    return plan;
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
    if (!this.input.routing && !isWhole)
      return refuse('partial_wildcard', `"${text}" is a partial pattern, which needs a routing rule`);
    const isPlain = provider.baseType === null && provider.name === segment;
    const isFree = this.input.routing || !this.prefixes.has(segment);
    if (isWhole && isPlain && isFree && !this.explicit.has(segment) && !this.#taken.has(segment)) {
      this.#taken.add(segment);
      return planned(deployment, provider, key, pattern, true);
    }
    const address = addressOf(endpoint);
    if (address === null)
      return refuse(
        'wildcard_needs_rule',
        `"${text}" shares the provider ${provider.name} with models that have names of their own`,
      );
    const own = this.#mayBeNamed(segment);
    // A rule cannot take a prefix off that Bifrost does not split off by itself (P§2.7).
    if (this.input.routing && !own && segment !== '' && !this.#known.has(segment))
      return refuse('renamed_wildcard', `"${text}" begins with "${segment}", which cannot be the name of a provider`);
    const name = own ? segment : this.#anyName(endpoint.slug, address.baseUrl, deployment.id);
    this.#taken.add(name);
    const any = { ...provider, ...address, name, listModels: false };
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

type Address = Pick<PlannedProvider, 'baseType' | 'paths'> & { readonly baseUrl: string };

/** Where a provider of a pattern's own sends its requests; null = a custom provider cannot send them there. */
function addressOf({ provider: { baseType, baseUrl, paths }, slug }: Endpoint): Address | null {
  if (baseUrl !== null) return { baseType, baseUrl, paths };
  const standard = SLUGS[slug];
  if (standard?.kind !== 'standard' || standard.defaultBase === null) return null;
  return { baseType: standard.wire, ...bifrostBase(standard.defaultBase, standard.wire) };
}

/**
 * A pattern that takes names of this one although it does not begin with the same provider: a more specific one, or one of
 * two alike, of which LiteLLM asks the one that was added first.
 */
function isInTheWay(other: string, { text, segment }: Pattern): boolean {
  if (bySpecificity(other, text) > 0 || !patternsMeet(other, text)) return false;
  return segment !== '' && !other.startsWith(`${segment}/`);
}

function patternOf(text: string): Pattern {
  const slash = text.indexOf('/');
  return slash <= 0
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
