import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SINK } from '../../src/mapping/wildcards.js';
import { models } from '../../src/stages/models.js';
import { foreignKeys, excludesOthers } from '../../src/stages/rule-write.js';
import { routing } from '../../src/stages/routing.js';
import { virtualKeys } from '../../src/stages/virtual-keys.js';
import type { CreateWrite } from '../../src/stages/plan.js';
import type { Params } from '../../src/sources/records.js';
import { contextOf, deployment, PENDING, secret, virtualKey, world } from '../factories.js';

/** docs/routing.md shows real rules: the ones this world gets. */

const PAGE = readFileSync(new URL('../../docs/routing.md', import.meta.url), 'utf8');

const served = (name: string, model: string, more: Params = {}) =>
  deployment(name, { model, api_key: secret(`key of ${model}`), ...more });

const WORLD = world({
  deployments: [
    served('azure/chat', 'openai/gpt-4o'),
    served('fast', 'openai/up-fast', { weight: 3 }),
    served('fast', 'anthropic/claude', { weight: 1 }),
    served('careful', 'openai/up-careful'),
    served('cheap', 'openai/up-cheap'),
    served('openai/gpt-4*', 'openai/gpt-4*'),
  ],
  fallbacks: { careful: ['cheap'] },
});

type Rule = {
  readonly name: string;
  readonly cel_expression: string;
  readonly description: string;
  readonly scope: string;
  readonly priority: number;
  readonly targets: readonly { provider?: string; model?: string; weight: number }[];
  readonly fallbacks: readonly string[];
};

function rules(): Map<string, Rule> {
  const context = contextOf(WORLD);
  const bodies = WORLD.deployments.flatMap((d) => {
    const plan = routing.plan(d, { ...PENDING, status: 'written' }, context);
    return plan.outcome === 'write' ? plan.writes.map((w) => (w as CreateWrite).body as unknown as Rule) : [];
  });
  return new Map(bodies.map((rule) => [rule.name, rule]));
}

function shown({ name, cel_expression: condition, targets, fallbacks }: Rule): string {
  const share = (weight: number): string => (targets.length > 1 ? ` ${weight}` : '');
  const to = targets.map(({ provider, model, weight }) =>
    provider === undefined ? 'as the virtual key itself chooses' : `${provider}/${model ?? ''}${share(weight)}`,
  );
  const then = fallbacks.length === 0 ? '' : `\n  then  ${fallbacks.join(', ')}`;
  return `${name}\n  when  ${condition}\n  to    ${to.join(', ')}${then}`;
}

describe('docs/routing.md', () => {
  it('shows every rule of its world as it is written, and no other', () => {
    const block = /```\n([^]*?)\n```/.exec(PAGE)?.[1];
    expect(block).toBe([...rules().values()].map(shown).join('\n'));
  });

  it('says the bands of priorities, the scope, and how a rule is recognised', () => {
    const band = (title: string): [number, number] => {
      const row = new RegExp(`^\\| ([\\d,]+)–([\\d,]+) \\| ${title}`, 'm').exec(PAGE);
      return [Number(row?.[1]?.replaceAll(',', '')), Number(row?.[2]?.replaceAll(',', ''))];
    };
    const [names, patterns, closed] = [band('names'), band('patterns'), band('what is closed')];
    for (const { name, priority, scope, description } of rules().values()) {
      const [from, to] = name.endsWith(': closed') ? closed : name.includes('*') ? patterns : names;
      expect([priority >= from, priority <= to, scope]).toEqual([true, true, 'global']);
      expect(description.endsWith('Written by litellm-to-bifrost.')).toBe(true);
    }
    expect(PAGE).toContain('`Written by litellm-to-bifrost.`');
  });

  it('names the provider without keys, and how many virtual keys are left out', () => {
    expect(PAGE).toContain(`\`${SINK}\``);
    const [, most] = /With more than (\d+) of them/.exec(PAGE) ?? [];
    expect([excludesOthers(Number(most)), excludesOthers(Number(most) + 1)]).toEqual([true, false]);
    expect(foreignKeys(contextOf(WORLD))).toEqual([]);
  });

  it('names what is lost with --no-routing: each code is a real one of such a run', () => {
    const parts = { settings: { routing: false } };
    const keyless = deployment('local', { model: 'lm_studio/llama', api_base: 'https://free.example/v1' });
    const whole = served('groq/*', 'groq/*');
    const beside = served('llama', 'groq/llama-3');
    const deployments = [
      ...WORLD.deployments,
      keyless,
      whole,
      beside,
      served('spare', 'openai/one', { weight: 1 }),
      served('spare', 'anthropic/two', { weight: 0 }),
      served('even', 'openai/up-even'),
      served('even', 'anthropic/up-even'),
    ];
    const context = contextOf(world({ deployments, fallbacks: { careful: ['cheap'] } }), parts);
    const plans = [
      ...deployments.map((d) => models.plan(d, PENDING, context)),
      virtualKeys.plan(virtualKey('k'), PENDING, context),
    ];
    const said = new Set(plans.flatMap((p) => [...p.findings.map((f) => f.code), 'reason' in p ? p.reason : '']));
    const claimed = [...PAGE.slice(PAGE.indexOf('`--no-routing` from the start')).matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)];
    expect(claimed.length).toBeGreaterThan(5);
    for (const [, code = ''] of claimed) expect(said, code).toContain(code);
  });
});
