import type { Dice } from './dice.js';
import type { World, WorldEntry, WorldProvider, WorldRule } from './oracle-fill.js';

/**
 * Objects by chance, from few names so that they meet: the same name under several providers, keys, entries and rules.
 * The same dice make the same world.
 */
export function randomWorld(dice: Dice): World {
  const providers = PROVIDERS.filter(() => dice.chance(0.7));
  const needKeys = providers.filter(([, , more]) => more?.keyless !== true).map(([name]) => name);
  const keys = Array.from({ length: 14 }, (_, at) => randomKey(dice, dice.pick(needKeys), `key-${at}`));
  // Fallbacks to a provider that nothing has built yet are refused (1.5.16).
  const built = needKeys.filter((name) => keys.some((key) => key[0] === name));
  const names = providers.map(([name]) => name);
  const virtualKeys = Array.from({ length: 24 }, (_, at): World['virtualKeys'][number] => {
    const entries = Array.from({ length: dice.under(4) + 1 }, () => randomEntry(dice, dice.pick(names), keys));
    return [`vk-${at}`, entries, dice.pick([{}, {}, { team: 'red' }, { team: 'blue' }, { customer: 'acme' }])];
  });
  return {
    providers,
    keys,
    customers: ['acme'],
    teams: [
      ['red', 'acme'],
      ['blue', null],
    ],
    virtualKeys,
    rules: Array.from({ length: 14 }, (_, at) => randomRule(dice, [...built, 'cohere'], `rule-${at}`)),
    names: [...NAMES, ...dice.some(names, 6).flatMap((name) => NAMES.slice(0, 8).map((model) => `${name}/${model}`))],
  };
}

const PROVIDERS: readonly WorldProvider[] = [
  ['alfa', 'custom'],
  ['bravo', 'custom', { list: 'dead' }],
  ['charlie', 'custom', { list: 'off' }],
  ['delta', 'custom', { list: 'off' }],
  ['free', 'custom', { keyless: true }],
  ['free-dead', 'custom', { keyless: true, list: 'dead' }],
  ['free-off', 'custom', { keyless: true, list: 'off' }],
  ['lonely', 'custom'],
  ['openai', 'standard'],
  ['groq', 'standard'],
  ['vllm', 'standard'],
];

/** Some are providers' names with a model behind, some are models of price sheets, some differ in letters or dates only. */
const NAMES = [
  'a',
  'b',
  'c',
  'A',
  'azure/a',
  'alfa/b',
  'openai/c',
  'gpt-4o',
  'gpt-4o-2024-08-06',
  'a-v2',
  'team/a',
  'nope',
  'not-a-model/a',
  'xai/b',
];

function randomKey(dice: Dice, provider: string, name: string): World['keys'][number] {
  const models = dice.chance(0.25) ? ['*'] : distinct(dice.some(NAMES, 6));
  const aliased = distinct(dice.some(NAMES, 4)).filter(() => dice.chance(0.6));
  const aliases = aliased.map((alias) => [
    alias,
    dice.chance(0.15) ? 'fail-503' : `${name}-${alias.replace('/', '.')}`,
  ]);
  const blacklisted = dice.chance(0.15) ? distinct(dice.some(NAMES, 2)) : [];
  return [
    provider,
    name,
    {
      models,
      aliases: Object.fromEntries(aliases) as unknown,
      blacklisted_models: blacklisted,
      weight: dice.pick([1, 1, 1, 3, 0.25, 0]),
    },
  ];
}

function randomEntry(dice: Dice, provider: string, keys: World['keys']): WorldEntry {
  const own = keys.filter((key) => key[0] === provider).map(([, name]) => name);
  const named = own.length > 0 && dice.chance(0.6) ? dice.some(own, 4) : ['*'];
  const models = dice.chance(0.25) ? ['*'] : distinct(dice.some(NAMES, 7));
  return [provider, dice.pick([1, 1, 1, 3, 0, null, null]), models, named];
}

function randomRule(dice: Dice, providers: readonly string[], name: string): WorldRule {
  const target = () => ({
    ...(dice.chance(0.7) ? { provider: dice.pick(providers) } : {}),
    ...(dice.chance(0.6) ? { model: dice.pick(NAMES) } : {}),
  });
  const two = [
    { ...target(), provider: 'alfa', model: 'a', weight: 0.6 },
    { ...target(), provider: 'bravo', model: 'b', weight: 0.4 },
  ];
  const fallbacks = dice.chance(0.4)
    ? Array.from({ length: 2 }, () => `${dice.pick(providers)}/${dice.pick(['', 'a', 'b', 'c'])}`)
    : [];
  const scope = dice.pick([
    {},
    {},
    { scope: 'team', of: dice.pick(['red', 'blue']) },
    { scope: 'customer', of: 'acme' },
    { scope: 'virtual_key', of: `vk-${dice.under(24)}` },
  ]);
  return [
    name,
    randomCondition(dice, providers),
    dice.chance(0.2) ? two : [{ ...target(), weight: 1 }],
    { fallbacks, chain_rule: dice.chance(0.15), enabled: dice.chance(0.9), ...scope },
  ];
}

function randomCondition(dice: Dice, providers: readonly string[]): string {
  const model = () => JSON.stringify(dice.pick(NAMES));
  const provider = () => JSON.stringify(dice.pick(['', '', ...providers, 'azure', 'xai']));
  return dice.pick([
    `model == ${model()}`,
    `provider == "" && model == ${model()}`,
    `provider == ${provider()}`,
    `provider == ${provider()} && model == ${model()}`,
    `provider == "" && model in [${model()}, ${model()}]`,
    `provider == "" && !(model in [${model()}, ${model()}, ${model()}])`,
    `model.startsWith(${model()}) && provider != ${provider()}`,
    `(model.endsWith("a") || model.contains("4o")) && team_id != ""`,
    `"x-none" in headers || model == ${model()}`,
    `headers["x-none"] == "1" || model == ${model()}`,
  ]);
}

/** Lists of the gateway may not repeat a name in other letters (B§4.2). */
function distinct(names: readonly string[]): string[] {
  return names.filter((name, at) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) === at);
}
