import type { World } from './oracle-fill.js';

const PROVIDERS: World['providers'] = [
  ['alfa', 'custom'],
  ['bravo', 'custom', { list: 'dead' }],
  ['quiet', 'custom', { list: 'off' }],
  ['wild', 'custom', { list: 'off' }],
  ['open', 'custom', { keyless: true }],
  ['open-dead', 'custom', { keyless: true, list: 'dead' }],
  ['open-quiet', 'custom', { keyless: true, list: 'off' }],
  ['mute', 'custom', { list: 'off', only: 'embedding' }],
  ['bare', 'custom'],
  ['openai', 'standard'],
  ['groq', 'standard'],
  ['vllm', 'standard'],
  ['azure', 'standard'],
];

const FAILS = 'fail-503';

/** Provider, key and body; values are made up from the name. */
const KEYS: World['keys'] = [
  [
    'alfa',
    'a-main',
    {
      models: ['pub', 'm-up', 'team/gpt', 'meta-llama/Llama-3', 'azure/e-chat', 'e-chat', 'Case'],
      aliases: { pub: 'm-up', 'azure/e-chat': 'dep-e' },
    },
  ],
  ['alfa', 'a-grp', { models: ['grp', 'fo', 'first'], aliases: { grp: 'a-up', fo: FAILS, first: FAILS } }],
  ['alfa', 'a-seven', { models: ['same'], weight: 0.7, aliases: { same: 's-seven' } }],
  ['alfa', 'a-three', { models: ['same'], weight: 0.3, aliases: { same: 's-three' } }],
  ['alfa', 'a-zero', { models: ['same', 'alone'], weight: 0, aliases: { same: 's-zero', alone: 's-alone' } }],
  ['alfa', 'a-hidden', { models: ['m-hidden'], aliases: { hidden: 'm-hidden' } }],
  [
    'alfa',
    'a-scope',
    {
      models: ['ka-target', 'ta-target', 'ca-target', 'litellm:azure/prod-chat'],
      aliases: { 'ka-target': 'k-up', 'ta-target': 't-up', 'ca-target': 'c-up', 'litellm:azure/prod-chat': 'prod-up' },
    },
  ],
  ['alfa', 'a-off', { models: ['offline'], enabled: false }],
  ['alfa', 'a-black', { models: ['*'], blacklisted_models: ['pub', 'grp', 'same', 'fo', 'black'], weight: 1 }],
  [
    'bravo',
    'b-main',
    {
      models: ['grp', 'fo', 'first', 'second', 'b-only', 'gpt-4o', 'bravo-x', 'azure/e-chat'],
      aliases: { grp: 'b-up', fo: 'b-fo', first: FAILS, second: 'b-second', 'gpt-4o': 'b-gpt' },
    },
  ],
  ['bravo', 'b-upper', { models: ['UPPER'], aliases: { UPPER: 'b-upper' } }],
  [
    'quiet',
    'q-main',
    { models: ['grp', 'first', 'q-only', 'azure/q-chat'], aliases: { grp: 'q-up', first: 'q-first' } },
  ],
  ['wild', 'w-any', { models: ['*'] }],
  ['mute', 'm-any', { models: ['*'] }],
  ['openai', 'o-any', { models: ['*'] }],
  ['openai', 'o-pub', { models: ['pub', 'gpt-4o-pub'], aliases: { pub: 'o-up', 'gpt-4o-pub': 'gpt-4o' } }],
  ['groq', 'g-main', { models: ['gpt-oss', 'openai/gpt-oss', 'llama-x'], aliases: {} }],
  [
    'vllm',
    'v-main',
    { models: ['v-pub', 'litellm:azure/v-chat'], aliases: { 'v-pub': 'v-up', 'litellm:azure/v-chat': 'v-chat-up' } },
  ],
  ['vllm', 'v-named', { models: ['v-exact', 'v-other'], aliases: { 'v-exact': 'v-exact-up' }, model_name: 'v-exact' }],
  ['azure', 'z-main', { models: ['z-pub', 'e-chat'], aliases: { 'z-pub': 'z-dep' } }],
];

const CUSTOMERS = ['acme', 'globex'] as const;
const TEAMS: World['teams'] = [
  ['red', 'acme'],
  ['blue', null],
];

const VIRTUAL_KEYS: World['virtualKeys'] = [
  ['one', [['alfa', 1, ['pub'], ['a-main']]]],
  ['one-null', [['alfa', null, ['pub'], ['a-main']]]],
  ['upstream-only', [['alfa', 1, ['m-up'], ['a-main']]]],
  ['slashes', [['alfa', 1, ['team/gpt', 'meta-llama/Llama-3', 'azure/e-chat'], ['a-main']]]],
  ['slashes-narrow', [['bravo', 1, ['azure/e-chat'], ['b-main']]]],
  ['slashes-quiet', [['quiet', 1, ['azure/q-chat'], ['q-main']]]],
  ['letters', [['alfa', 1, ['case', 'PUB'], ['a-main']]]],
  [
    'split',
    [
      ['alfa', 3, ['grp'], ['a-grp']],
      ['bravo', 1, ['grp'], ['b-main']],
    ],
  ],
  [
    'split-three',
    [
      ['alfa', 0.5, ['grp', 'first'], ['a-grp']],
      ['bravo', 0.25, ['grp', 'first'], ['b-main']],
      ['quiet', 0.25, ['grp', 'first'], ['q-main']],
    ],
  ],
  [
    'standby',
    [
      ['alfa', 1, ['fo', 'grp'], ['a-grp']],
      ['bravo', 0, ['fo', 'grp'], ['b-main']],
    ],
  ],
  [
    'all-zero',
    [
      ['bravo', 0, ['grp'], ['b-main']],
      ['alfa', 0, ['grp'], ['a-grp']],
    ],
  ],
  ['same-provider', [['alfa', 1, ['same', 'alone'], ['a-seven', 'a-three', 'a-zero']]]],
  ['only-zero', [['alfa', 1, ['same', 'alone'], ['a-zero']]]],
  ['sibling', [['alfa', 1, ['pub', 'm-up', 'black', 'other', 'hidden', 'm-hidden', 'offline'], ['*']]]],
  ['no-keys', [['alfa', 1, ['pub'], []]]],
  ['foreign-key', [['alfa', 1, ['pub', 'b-only'], ['b-main']]]],
  ['nothing', []],
  ['no-models', [['alfa', 1, [], ['a-main']]]],
  ['asleep', [['alfa', 1, ['pub'], ['a-main']]], { active: false }],
  ['star-alfa', [['alfa', 1, ['*'], ['*']]]],
  ['star-bravo', [['bravo', 1, ['*'], ['*']]]],
  [
    'star-null',
    [
      ['alfa', 1, ['pub'], ['a-main']],
      ['wild', null, ['*'], ['*']],
    ],
  ],
  [
    'star-weighted',
    [
      ['alfa', 1, ['pub'], ['a-main']],
      ['wild', 1, ['*'], ['*']],
    ],
  ],
  [
    'star-foreign',
    [
      ['bravo', 1, ['gpt-4o'], ['b-main']],
      ['openai', null, ['*'], ['*']],
    ],
  ],
  [
    'star-openai',
    [
      ['openai', 1, ['*'], ['*']],
      ['bravo', 1, ['grp'], ['b-main']],
    ],
  ],
  [
    'keyless',
    [
      ['open', 1, ['kl-m'], ['*']],
      ['open-dead', 1, ['kd-m'], []],
      ['open-quiet', 1, ['kq-m'], ['*']],
    ],
  ],
  [
    'keyless-stars',
    [
      ['open', 1, ['*'], ['*']],
      ['open-dead', null, ['*'], ['*']],
    ],
  ],
  ['keyless-quiet', [['open-quiet', 1, ['*'], ['*']]]],
  [
    'mute',
    [
      ['mute', 1, ['pub', 'grp'], ['*']],
      ['alfa', 0, ['grp'], ['a-grp']],
    ],
  ],
  [
    'twice',
    [
      ['alfa', 1, ['pub'], ['a-main']],
      ['alfa', 1, ['grp', 'm-up'], ['a-grp']],
    ],
  ],
  [
    'twice-turned',
    [
      ['alfa', 1, ['grp'], ['a-main']],
      ['alfa', 1, ['pub'], ['a-main']],
    ],
  ],
  ['vllm', [['vllm', 1, ['v-pub', 'v-exact', 'v-other', 'litellm:azure/v-chat'], ['v-main', 'v-named']]]],
  [
    'azure',
    [
      ['azure', 1, ['z-pub'], ['z-main']],
      ['alfa', 1, ['litellm:azure/prod-chat'], ['a-scope']],
    ],
  ],
  ['groq', [['groq', 1, ['gpt-oss', 'llama-x'], ['*']]]],
  ['groq-full', [['groq', 1, ['gpt-oss', 'openai/gpt-oss'], ['*']]]],
  ['team', [['alfa', 1, ['pub', 'ta-target', 'ca-target', 'ka-target'], ['a-main', 'a-scope']]], { team: 'red' }],
  ['team-blue', [['alfa', 1, ['pub', 'ta-target', 'ca-target'], ['a-main', 'a-scope']]], { team: 'blue' }],
  ['customer', [['alfa', 1, ['pub', 'ca-target', 'ta-target'], ['a-main', 'a-scope']]], { customer: 'acme' }],
  [
    'ruled',
    [
      ['alfa', 1, ['pub', 'first', 'fo', 'ka-target', 'grp'], ['a-main', 'a-grp', 'a-scope']],
      ['bravo', 1, ['second', 'b-only'], ['b-main']],
    ],
  ],
  ['ruled-poor', [['alfa', 1, ['first', 'fo'], ['a-grp']]]],
  [
    'deny',
    [
      ['alfa', 1, ['pub'], ['a-main']],
      ['wild', null, ['*'], ['*']],
    ],
  ],
  [
    'deny-weighted',
    [
      ['alfa', 1, ['pub'], ['a-main']],
      ['wild', 1, ['*'], ['*']],
    ],
  ],
];

const whole = (target: { readonly [member: string]: string }) => [{ ...target, weight: 1 }];

const RULES: World['rules'] = [
  [
    'azure/prod-chat',
    'provider == "azure" && model == "prod-chat"',
    whole({ provider: 'alfa', model: 'litellm:azure/prod-chat' }),
  ],
  [
    'azure/v-chat',
    'provider == "azure" && model == "v-chat"',
    whole({ provider: 'vllm', model: 'litellm:azure/v-chat' }),
  ],
  ['never', 'model == "azure/never"', whole({ provider: 'alfa', model: 'pub' })],
  ['xai/*', 'provider == "xai"', whole({ provider: 'wild' })],
  ['openai/gpt-4*', 'provider == "openai" && model.startsWith("gpt-4.")', whole({ provider: 'wild' })],
  ['fallback', 'provider == "" && model == "first"', whole({}), { fallbacks: ['bravo/second'] }],
  [
    'fallback-same',
    'provider == "" && model == "fb-self"',
    whole({ provider: 'alfa', model: 'fo' }),
    { fallbacks: ['bravo/', 'alfa/pub'] },
  ],
  [
    'standby',
    'provider == "" && model == "grp-rule"',
    whole({ provider: 'alfa', model: 'grp' }),
    { fallbacks: ['bravo/grp'] },
  ],
  [
    'refused-first',
    'model == "refused-first"',
    whole({ provider: 'openai', model: 'gpt-x' }),
    { fallbacks: ['alfa/pub'] },
  ],
  [
    'unconfigured-first',
    'model == "unconfigured-first"',
    whole({ provider: 'cohere', model: 'x' }),
    { fallbacks: ['alfa/pub', 'wild/pub'] },
  ],
  [
    'unknown-first',
    'model == "unknown-first"',
    whole({ provider: 'nowhere', model: 'x' }),
    { fallbacks: ['alfa/pub'] },
  ],
  [
    'exact-split',
    'model == "exact"',
    [
      { provider: 'alfa', model: 'pub', weight: 0.7 },
      { provider: 'bravo', model: 'b-only', weight: 0.3 },
    ],
  ],
  ['model-only', 'model == "only-model"', whole({ model: 'pub' })],
  ['model-slash', 'model == "slash-model"', whole({ model: 'alfa/pub' })],
  ['pinned', 'model == "pinned"', [{ provider: 'alfa', model: 'same', key_id: '#a-three', weight: 1 }]],
  ['broken', 'model == "pub" &&', whole({ provider: 'bravo', model: 'b-only' })],
  ['ill-typed', 'model == 5', whole({ provider: 'bravo', model: 'b-only' })],
  ['header', 'headers["x-route"] == "b"', whole({ provider: 'bravo', model: 'b-only' })],
  ['disabled', 'model == "pub"', whole({ provider: 'bravo', model: 'b-only' }), { enabled: false }],
  ['letters', 'model == "q\\"\\\\x" || model.endsWith("-ünder")', whole({ provider: 'alfa', model: 'pub' })],
  ['by-key', 'virtual_key_name == "one" && model.contains("by-key")', whole({ provider: 'alfa', model: 'pub' })],
  ['by-team', 'team_id != "" && model == "by-team"', whole({ provider: 'alfa', model: 'ta-target' })],
  ['by-customer', 'customer_id != "" && model == "by-customer"', whole({ provider: 'alfa', model: 'ca-target' })],
  ['by-type', 'request_type == "chat_completion" && model == "by-type"', whole({ provider: 'alfa', model: 'pub' })],
  ['chain-one', 'model == "chain"', whole({ model: 'chain-two' }), { chain_rule: true }],
  ['chain-two', 'model == "chain-two"', whole({ provider: 'alfa', model: 'pub' })],
  [
    'chain-self',
    'model.startsWith("loop")',
    whole({ model: 'loop-pub' }),
    { chain_rule: true, fallbacks: ['alfa/pub'] },
  ],
  ['scoped', 'model == "scoped"', whole({ provider: 'alfa', model: 'pub' })],
  ['scoped', 'model == "scoped"', whole({ provider: 'alfa', model: 'ta-target' }), { scope: 'team', of: 'red' }],
  ['scoped', 'model == "scoped"', whole({ provider: 'alfa', model: 'ca-target' }), { scope: 'customer', of: 'acme' }],
  ['team-scoped', 'model == "ta-4"', whole({ provider: 'alfa', model: 'ta-target' }), { scope: 'team', of: 'red' }],
  [
    'key-scoped',
    'model == "ka-9"',
    whole({ provider: 'alfa', model: 'ka-target' }),
    { scope: 'virtual_key', of: 'ruled' },
  ],
  [
    'key-scoped',
    'model == "scoped"',
    whole({ provider: 'alfa', model: 'ka-target' }),
    { scope: 'virtual_key', of: 'team' },
  ],
  [
    'deny',
    'provider == "" && !(model in ["pub","scoped"])',
    whole({ provider: 'not-a-model' }),
    { scope: 'virtual_key', of: 'deny' },
  ],
  [
    'deny',
    'provider == "" && !(model in ["pub","scoped"])',
    whole({ provider: 'not-a-model' }),
    { scope: 'virtual_key', of: 'deny-weighted' },
  ],
  [
    'bare',
    'provider == "" && model in ["gpt-4-turbo","o3-mini"]',
    whole({ provider: 'wild' }),
    { scope: 'virtual_key', of: 'star-null' },
  ],
];

/** Names that no list of the gateway has, or that only parts of the gateway know. */
const NAMES: readonly string[] = [
  'nope', 'PUB', 'Pub', 'case', 'upper', 'pub-2024-01-01', 'gpt-4o', 'gpt-4o-2024-08-06', 'gpt-4-turbo', 'o3-mini', 'grp-rule', 'fb-self', 'refused-first',
  'unconfigured-first', 'unknown-first', 'exact', 'only-model', 'slash-model', 'pinned', 'by-key', 'by-team', 'by-customer', 'by-type', 'chain', 'chain-two',
  'loop', 'scoped', 'ta-4', 'ka-9', 'q"\\x', 'x-ünder', 'azure/prod-chat', 'azure/v-chat', 'azure/never', 'azure/nope', 'xai/grok', 'openai/gpt-4.1', 'openai/gpt-4o',
  'wild/abc', 'alfa/pub', 'alfa/m-up', 'alfa/ALFA', 'bravo/grp', 'quiet/grp', 'open/kl-m', 'open-quiet/x', 'mute/pub', 'cohere/x', 'nowhere/x', 'not-a-model/nope', 'vllm/v-pub',
  'groq/gpt-oss', 'groq/openai/gpt-oss', 'kl-m', 'kd-m', 'kq-m', 'hidden', 'm-hidden', 'black', 'other', 'bare/x', 'fo', 'wild/pub',
]; // prettier-ignore

/** Objects by hand, one of every shape that decides who may call what. */
export const HAND_MADE: World = {
  providers: PROVIDERS,
  keys: KEYS,
  customers: CUSTOMERS,
  teams: TEAMS,
  virtualKeys: VIRTUAL_KEYS,
  rules: RULES,
  names: NAMES,
};
