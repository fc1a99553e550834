import { Gate, isRefusal, type Arrival, type Refusal } from './admission.js';
import type { Verdict } from './answer.js';
import { CatalogView, summarizeKeys, type Catalog, type Doubt, type Listing } from './catalog.js';
import type { CelVariables } from './cel.js';
import type { ProviderNames } from './names.js';
import { Planner, type Journey, type Plan, type Route } from './plan.js';
import type { Routed, RuleBook, ScopeChain } from './rules.js';
import type { BifrostState, TeamState, VirtualKeyState } from './state.js';

/** What is taken for given about a gateway besides what was written to it. */
export type Circumstances = {
  readonly catalog: Catalog;
  readonly routes: readonly Route[];
  readonly headers: { readonly [name: string]: string };
};

type Owners = { readonly teamId: string; readonly teamName: string; readonly customerId: string };
const NO_OWNERS: Owners = { teamId: '', teamName: '', customerId: '' };
const REFUSED = { reaches: [], fallbacks: [] } as const;

/** The way of a call through B§7.1, with one opinion on which names are providers. */
export class Resolution {
  readonly #state: BifrostState;
  readonly #circumstances: Circumstances;
  readonly #names: ProviderNames;
  readonly #rules: RuleBook;
  readonly #gate: Gate;
  readonly #planner: Planner;
  readonly #keys: ReturnType<typeof summarizeKeys>;
  readonly #teams: ReadonlyMap<string, TeamState>;

  constructor(state: BifrostState, names: ProviderNames, rules: RuleBook, circumstances: Circumstances) {
    this.#state = state;
    this.#circumstances = circumstances;
    this.#names = names;
    this.#rules = rules;
    this.#gate = new Gate(state, names);
    this.#planner = new Planner(state.version, names, this.#gate);
    this.#keys = summarizeKeys(state, names);
    this.#teams = new Map((state.teams ?? []).map((team) => [team.id, team]));
  }

  /** What the call comes to in every state of the catalog that can matter. */
  verdicts(virtualKey: VirtualKeyState | null, name: string, requestType: string): readonly Verdict[] {
    const { provider, model } = this.#names.split(name);
    const routed = this.#routed(virtualKey, provider, model, requestType);
    return this.#everyWorld((listing, route) =>
      this.#verdict({ virtualKey, listing, route }, routed, model, requestType),
    );
  }

  /**
   * Doubts about lists are resolved in every way that can matter: all of them hold, none does, those about one name do, one
   * alone does, or does not. One alone is what lets a stranger win against the provider that is meant.
   */
  #everyWorld(verdict: (listing: Listing, route: () => Route) => Verdict): readonly Verdict[] {
    const doubted = new Map<string, { readonly provider: string; readonly name: string }>();
    const verdicts: Verdict[] = [];
    const imagine = (lists: Doubt) => {
      const doubt: Doubt = (provider, name) => {
        doubted.set(`${provider}\n${name}`, { provider, name });
        return lists(provider, name);
      };
      const listing = new CatalogView(this.#state, this.#names, this.#keys, this.#circumstances.catalog, doubt);
      for (const route of this.#circumstances.routes) {
        let matters = false;
        verdicts.push(verdict(listing, () => ((matters = true), route)));
        if (!matters) return;
      }
    };
    imagine(() => true);
    if (doubted.size > 0) imagine(() => false);
    const asked = new Set<string>();
    // What one world brings to light is gone through as well: the map grows while it is read.
    for (const one of doubted.values()) {
      const isOne: Doubt = (provider, name) => provider === one.provider && name === one.name;
      imagine(isOne);
      imagine((provider, name) => !isOne(provider, name));
      if (!asked.has(one.name)) imagine((_, name) => name === one.name);
      asked.add(one.name);
    }
    return verdicts;
  }

  #verdict(journey: Journey, routed: readonly Routed[], incoming: string, requestType: string): Verdict {
    const parts = routed.flatMap((draw) => {
      const plans = this.#planner.plans(draw, incoming, journey);
      if ('status' in plans) return [{ ...REFUSED, refusal: plans, refusedShare: draw.probability }];
      return plans.map((plan) =>
        this.#carryOut(journey, { ...plan, share: plan.share * draw.probability }, requestType),
      );
    });
    return {
      reaches: parts.flatMap((part) => part.reaches),
      fallbacks: parts.flatMap((part) => part.fallbacks),
      refusedShare: parts.reduce((sum, part) => sum + part.refusedShare, 0),
      refusal: parts.find((part) => part.refusal !== null)?.refusal ?? null,
    };
  }

  /** A first try that is refused goes to its followers as one that failed does: the next in line answers in its stead. */
  #carryOut({ virtualKey, listing }: Journey, plan: Plan, requestType: string): Verdict {
    const reaches: Arrival[] = [];
    const fallbacks: Arrival[] = [];
    let refusal: Refusal | null = null;
    for (const attempt of [plan.first, ...plan.followers]) {
      const admission = this.#gate.admit(virtualKey, attempt, requestType, listing);
      if (isRefusal(admission)) refusal ??= admission;
      else if (reaches.length > 0) fallbacks.push(...admission);
      else reaches.push(...admission.map((arrival) => ({ ...arrival, share: arrival.share * plan.share })));
    }
    if (reaches.length > 0) return { reaches, fallbacks, refusedShare: 0, refusal: null };
    return { ...REFUSED, refusedShare: plan.share, refusal };
  }

  #routed(virtualKey: VirtualKeyState | null, provider: string, model: string, requestType: string): readonly Routed[] {
    // Nothing is routed for a virtual key that is switched off.
    if (virtualKey?.isActive === false) return [{ probability: 1, provider, model, pin: null, rule: null }];
    const owners = virtualKey === null ? NO_OWNERS : this.#owners(virtualKey);
    const variables: CelVariables = {
      model,
      provider,
      request_type: requestType,
      virtual_key_id: virtualKey?.id ?? '',
      virtual_key_name: virtualKey?.name ?? '',
      team_id: owners.teamId,
      team_name: owners.teamName,
      customer_id: owners.customerId,
      customer_name: '',
      headers: this.#circumstances.headers,
    };
    return this.#rules.route(scopesOf(virtualKey, owners), variables);
  }

  /** The customer is the virtual key's own, or that of its team. */
  #owners(virtualKey: VirtualKeyState): Owners {
    const team = this.#teams.get(virtualKey.teamId ?? '');
    const teamId = virtualKey.teamId ?? '';
    const customerId = teamId === '' ? virtualKey.customerId : team?.customerId;
    return { teamId, teamName: team?.name ?? '', customerId: customerId ?? '' };
  }
}

function scopesOf(virtualKey: VirtualKeyState | null, { teamId, customerId }: Owners): ScopeChain {
  return [
    ...(virtualKey === null ? [] : [{ scope: 'virtual_key', id: virtualKey.id }]),
    ...(teamId === '' ? [] : [{ scope: 'team', id: teamId }]),
    ...(customerId === '' ? [] : [{ scope: 'customer', id: customerId }]),
    { scope: 'global', id: '' },
  ];
}
