import { describe, expect, it } from 'vitest';
import type { PlannedRule } from '../../src/mapping/rules.js';
import { catalogOf, OLD_DIALECT, secret, team, teamDeployment, world } from '../factories.js';
import { only, rulesOf, served } from './rules-of.js';

describe('names that begin with a provider (A5, P§2.4)', () => {
  it('lead to the internal name, and callers of that provider itself go on as before', () => {
    expect(only({ deployments: [served('azure/chat', 'openai/gpt-4o')] })).toMatchObject({
      name: 'LiteLLM azure/chat',
      condition:
        '((provider == "azure" && model == "chat") || (provider == "" && model == "azure/chat")) && virtual_key_id != ""',
      targets: [{ provider: 'openai', model: 'litellm:azure/chat', weight: 1 }],
      fallbacks: [{ provider: 'azure', model: null }],
    });
  });

  it('say quotes, backslashes and control characters as CEL does', () => {
    const { condition } = only({ deployments: [served('azure/a"b\\c\nd', 'openai/x')] });
    expect(condition).toContain('model == "a\\"b\\\\c\\nd"');
  });

  it('need no rule without that provider in front', () => {
    expect(rulesOf({ deployments: [served('acme/chat', 'openai/x'), served('chat', 'openai/y')] }).size).toBe(0);
  });

  it('name the providers of all meanings: a virtual key lists its own only', () => {
    const rule = only({
      deployments: [
        served('azure/chat', 'openai/gpt-4o'),
        teamDeployment('t', 'azure/chat', { model: 'anthropic/claude', api_key: secret('t') }, 'team-one'),
      ],
      teams: [team('t')],
    });
    expect(rule.targets).toEqual([{ provider: 'openai', model: 'litellm:azure/chat', weight: 1 }]);
    expect(rule.fallbacks).toEqual([
      { provider: 'openai', model: 'litellm:azure/chat' },
      { provider: 'anthropic', model: 'litellm:azure/chat' },
      { provider: 'azure', model: null },
    ]);
    expect(rule.deployments).toContain('team-one');
  });
});

describe('names that several providers serve (A2)', () => {
  it('are shared out by weight, each provider standing by for the others', () => {
    const rule = only({
      deployments: [served('g', 'openai/x', { weight: 3 }), served('g', 'anthropic/y', { weight: 1 })],
    });
    expect(rule.condition).toBe('provider == "" && model == "g" && virtual_key_id != ""');
    expect(rule.targets).toEqual([
      { provider: 'openai', model: 'g', weight: 0.75 },
      { provider: 'anthropic', model: 'g', weight: 0.25 },
    ]);
    expect(rule.fallbacks).toEqual([
      { provider: 'openai', model: 'g' },
      { provider: 'anthropic', model: 'g' },
    ]);
  });

  it('never draw a standby', () => {
    const rules = rulesOf({
      deployments: [served('g', 'openai/x', { weight: 1 }), served('g', 'anthropic/y', { weight: 0 })],
    });
    const rule = rules.get('LiteLLM g') as PlannedRule;
    expect(rules.get('LiteLLM g: standbys')).toMatchObject({
      condition: 'provider == "anthropic" && model == "g"'.replace(/^.*$/, '($&) && virtual_key_id != ""'),
      targets: [{ provider: 'no-such-model', model: null }],
    });
    expect(rule.targets.map((t) => t.provider)).toEqual(['openai']);
    expect(rule.fallbacks.map((f) => f.provider)).toEqual(['openai', 'anthropic']);
  });

  it('need no rule on one provider: the weights of its keys say it', () => {
    expect(rulesOf({ deployments: [served('g', 'openai/x'), served('g', 'openai/y')] }).size).toBe(0);
  });
});

describe('fallbacks (A5, L§3.7)', () => {
  const abc = ['a', 'b', 'c'].map((name) => served(name, `openai/up-${name}`));

  it('come after what the virtual key itself would choose', () => {
    expect(only({ deployments: abc, fallbacks: { a: ['b', 'c'] } })).toMatchObject({
      name: 'LiteLLM a',
      targets: [{ provider: null, model: null, weight: 1 }],
      fallbacks: [
        { provider: 'openai', model: 'b' },
        { provider: 'openai', model: 'c' },
      ],
    });
  });

  it('are followed by their own fallbacks, never in a circle', () => {
    const rules = rulesOf({ deployments: abc, fallbacks: { a: ['b'], b: ['c', 'a'] } });
    expect(rules.get('LiteLLM a')?.fallbacks.map((f) => f.model)).toEqual(['b', 'c']);
    expect(rules.get('LiteLLM b')?.fallbacks.map((f) => f.model)).toEqual(['c', 'a']);
  });

  it('of everything hold for names without their own', () => {
    const parts = { deployments: abc, fallbacks: { '*': ['c'], a: ['b'] } };
    const rules = rulesOf({ ...parts, dialect: OLD_DIALECT });
    expect(rules.get('LiteLLM b')?.fallbacks.map((f) => f.model)).toEqual(['c']);
    expect(rules.get('LiteLLM a')?.fallbacks.map((f) => f.model)).toEqual(['b', 'c']);
    expect(rules.has('LiteLLM c')).toBe(false);
  });

  it('go on with those of the first name in 1.109, where a fallback has none of its own', () => {
    const rules = rulesOf({ deployments: abc, fallbacks: { '*': ['c'], a: ['b'] } });
    expect(rules.get('LiteLLM a')?.fallbacks.map((f) => f.model)).toEqual(['b']);
  });

  it('of everything are the default ones where there are both', () => {
    const w = world({ deployments: abc, fallbacks: { '*': ['b'] } });
    const both = { ...w, router: { ...w.router, defaultFallbacks: ['c'] } };
    expect(catalogOf(both).fallbacksOf('a')).toEqual(['c']);
  });

  it('of an alias are its own, not those of its target', () => {
    const rules = rulesOf({ deployments: abc, fallbacks: { a: ['b'] }, modelGroupAlias: { nick: 'a' } });
    expect(rules.has('LiteLLM nick')).toBe(false);
    const named = rulesOf({ deployments: abc, fallbacks: { nick: ['b'] }, modelGroupAlias: { nick: 'a' } });
    expect(named.get('LiteLLM nick')?.fallbacks).toEqual([{ provider: 'openai', model: 'b' }]);
  });

  it('may lead behind a wildcard', () => {
    const wild = served('wild/*', 'openai/*', { api_base: 'https://w.example/v1' });
    const rule = rulesOf({ deployments: [...abc, wild], fallbacks: { a: ['wild/x'] } }).get('LiteLLM a');
    expect(rule?.fallbacks).toEqual([{ provider: 'wild', model: 'x' }]);
  });

  it('are none where only a pattern serves the name that stays behind: no rule is written for it', () => {
    const all = served('*', 'openai/*');
    const parts = { fallbacks: { nick: ['a'] }, modelGroupAlias: { nick: 'openai/gpt-4o' } };
    const catalog = catalogOf(world({ deployments: [...abc, all], ...parts }));
    expect(catalog.followersOf('nick')).toEqual([]);
    expect(catalog.ruleOf('nick')?.fallbacks ?? []).toEqual([]);
    const named = catalogOf(world({ deployments: [...abc, served('openai/gpt-4o', 'openai/x')], ...parts }));
    expect(named.followersOf('nick')).toEqual(['a']);
  });

  it('that only some of its callers have are left out', () => {
    const parts = { deployments: abc, fallbacks: { a: ['c'] } };
    const alias = (target: string) => ({ alias: 'k', target, teamId: null });
    expect(rulesOf(parts, { keyAliases: [alias('a')] }).has('LiteLLM k')).toBe(true);
    expect(rulesOf(parts, { keyAliases: [alias('a'), alias('b')] }).has('LiteLLM k')).toBe(false);
  });
});

describe('wildcards (M17, P§2.5–2.9)', () => {
  const openai = served('openai/*', 'openai/*', { api_base: 'https://w.example/v1' });

  it('lead to a provider of their own, except for names that are served otherwise; nobody asks that provider by name', () => {
    const rules = rulesOf({ deployments: [openai, served('openai/special', 'openai/other')] });
    const rule = rules.get('LiteLLM openai/*');
    const any = rule?.targets[0]?.provider ?? '';
    expect(any).toMatch(/^openai-any-[0-9a-f]{16}$/);
    expect(rule).toMatchObject({
      condition: 'provider == "openai" && !(model in ["special"]) && virtual_key_id != ""',
      targets: [{ model: null, weight: 1 }],
      fallbacks: [{ provider: 'openai', model: null }],
    });
    expect(rules.get(`LiteLLM ${any}: closed`)).toMatchObject({
      condition: `provider == "${any}"`,
      targets: [{ provider: 'no-such-model', model: null, weight: 1 }],
      band: 'closed',
    });
    expect(rules.has('LiteLLM openai/special')).toBe(true);
  });

  it('that are partial hold only for what they match; the more specific one comes first', () => {
    const rules = rulesOf({ deployments: [openai, served('openai/gpt-4*', 'openai/gpt-4*')] });
    expect(rules.get('LiteLLM openai/gpt-4*')?.condition).toBe(
      'provider == "openai" && model.startsWith("gpt-4") && virtual_key_id != ""',
    );
    const specificity = (name: string): number => rules.get(name)?.specificity ?? 0;
    expect(specificity('LiteLLM openai/gpt-4*')).toBeGreaterThan(specificity('LiteLLM openai/*'));
  });

  it('without a prefix hold for bare names', () => {
    const rules = rulesOf({ deployments: [served('gpt-*-x', 'openai/gpt-*-x'), served('gpt-1-x', 'openai/one')] });
    expect(rules.get('LiteLLM gpt-*-x')?.condition).toBe(
      'provider == "" && model.matches("^gpt-.*-x$") && !(model in ["gpt-1-x"]) && virtual_key_id != ""',
    );
  });

  it('need no rule under a provider of their name, unless that would be asked for more than they serve', () => {
    const wild = (name: string, model: string) => served(name, model, { api_base: 'https://w.example/v1' });
    expect(rulesOf({ deployments: [wild('wild/*', 'openai/*')] }).size).toBe(0);
    const partial = rulesOf({ deployments: [wild('wild/a*', 'openai/a*')] });
    expect([...partial.values()]).toMatchObject([
      { condition: 'provider == "wild" && !(model.startsWith("a"))', targets: [{ provider: 'no-such-model' }] },
    ]);
  });
});

it('writes none with --no-routing', () => {
  const deployments = [served('azure/chat', 'openai/gpt-4o'), served('g', 'openai/x'), served('g', 'anthropic/y')];
  expect(rulesOf({ deployments, fallbacks: { g: ['azure/chat'] } }, { settings: { routing: false } }).size).toBe(0);
});
