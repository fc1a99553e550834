import { compileCel, type CelVariables, type Matcher } from './cel.js';
import type { BifrostState, RuleState, RuleTarget } from './state.js';

/** `routing_chain_max_depth` as it comes. */
const CHAIN_DEPTH = 10;

/** Where one draw of the rules sends a call. */
export type Routed = {
  readonly probability: number;
  readonly provider: string;
  readonly model: string;
  /** `key_id` of the target. */
  readonly pin: string | null;
  /** null = no rule matched. */
  readonly rule: RuleState | null;
};

/** Whose rules count, nearest first (B§7.1, step 2). */
export type ScopeChain = readonly { readonly scope: string; readonly id: string }[];

type CompiledRule = { readonly rule: RuleState; readonly matches: Matcher };

export class RuleBook {
  readonly #byScope: ReadonlyMap<string, readonly CompiledRule[]>;

  constructor(state: BifrostState) {
    const byScope = new Map<string, CompiledRule[]>();
    for (const rule of inOrder(state.rules ?? [])) {
      const key = scopeKey(rule.scope ?? 'global', rule.scope_id ?? '');
      const compiled = { rule, matches: compileCel(rule.cel_expression) };
      byScope.set(key, [...(byScope.get(key) ?? []), compiled]);
    }
    this.#byScope = byScope;
  }

  /** All draws and how likely each is; the probabilities add up to 1. */
  route(chain: ScopeChain, variables: CelVariables): readonly Routed[] {
    const rules = chain.flatMap(({ scope, id }) => this.#byScope.get(scopeKey(scope, id)) ?? []);
    const start = { probability: 1, provider: variables.provider, model: variables.model, pin: null, rule: null };
    return follow(rules, variables, start, new Set(), 0);
  }
}

/** The last rule that matched decides everything; a chain rule fires once and hands its result on. */
function follow(
  rules: readonly CompiledRule[],
  variables: CelVariables,
  from: Routed,
  fired: ReadonlySet<RuleState>,
  depth: number,
): readonly Routed[] {
  const now = { ...variables, provider: from.provider, model: from.model };
  const match =
    depth >= CHAIN_DEPTH
      ? undefined
      : rules.find((each) => !fired.has(each.rule) && drawable(each.rule) && each.matches(now));
  if (match === undefined) return [from];
  const rule = match.rule;
  return draws(rule.targets).flatMap(({ target, share }) => {
    const next: Routed = {
      probability: from.probability * share,
      provider: filled(target.provider) ?? from.provider,
      model: filled(target.model) ?? from.model,
      pin: filled(target.key_id),
      rule,
    };
    return rule.chain_rule === true ? follow(rules, variables, next, new Set([...fired, rule]), depth + 1) : [next];
  });
}

function draws(targets: readonly RuleTarget[]): { readonly target: RuleTarget; readonly share: number }[] {
  const valid = targets.filter((target) => target.weight >= 0);
  const total = valid.reduce((sum, target) => sum + target.weight, 0);
  const shares = valid.map((target) => ({ target, share: total === 0 ? 1 / valid.length : target.weight / total }));
  return shares.filter(({ share }) => share > 0);
}

function drawable(rule: RuleState): boolean {
  return rule.targets.some((target) => target.weight >= 0);
}

function inOrder(rules: readonly RuleState[]): RuleState[] {
  const enabled = rules.filter((rule) => rule.enabled !== false);
  return enabled.sort((one, other) => (one.priority ?? 0) - (other.priority ?? 0));
}

function scopeKey(scope: string, id: string): string {
  return scope === 'global' ? 'global' : `${scope}\n${id}`;
}

function filled(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
