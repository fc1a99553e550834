import type { Dice } from './dice.js';

/** A deployment as `/model/new` takes it. */
export type RandomDeployment = {
  readonly model_name: string;
  readonly litellm_params: { readonly [param: string]: unknown };
  readonly model_info: { readonly [member: string]: unknown };
};

export type RandomModels = {
  readonly deployments: readonly RandomDeployment[];
  /** Public names, wildcards among them. */
  readonly names: readonly string[];
  readonly groupAliases: { readonly [alias: string]: string };
  readonly fallbacks: readonly { readonly [group: string]: readonly string[] }[];
  readonly credentials: readonly { readonly name: string; readonly key: string }[];
};

/** Names of model access groups that deployments carry. */
export const TAGS = ['tag-red', 'tag-blue', 'tag-green'];

const CREDENTIALS = Array.from({ length: 6 }, (_, i) => ({ name: `shared-${i}`, key: `sk-shared-INVENTED-${i}` }));
/** Slugs that LiteLLM calls like OpenAI, each another case of provider and base URL on Bifrost (mapping.md M9, M10, M15). */
const OPENAI_LIKE = ['openai', 'openai', 'openai', 'hosted_vllm', 'xai', 'mistral', 'deepseek', 'together_ai'];
const NAMES_WITH_SLASH = [
  'azure/prod-chat',
  'openai/own-chat',
  'xai/fast',
  'anthropic/house',
  'acme/foo',
  'meta-llama/Llama-3',
];
const ODD_NAMES = ['Name With Space', 'ünï-模型', 'UPPER-x', 'v1.5_turbo', "it's", 'a"b', 'x-'.repeat(40) + 'long'];
const WILDCARDS = [
  { name: 'wild/*', model: 'openai/*' },
  { name: 'ren/*', model: 'openai/*' },
  { name: 'xai/*', model: 'xai/*' },
  { name: 'openai/gpt-4*', model: 'openai/gpt-4*' },
];

/** Models of every shape that a mapping may trip over; `count` public names at least. `upstream` = base URL of the fake provider. */
export function randomModels(dice: Dice, upstream: string, count: number): RandomModels {
  const make = maker(dice, upstream);
  const names = [...NAMES_WITH_SLASH, ...ODD_NAMES];
  const deployments = [
    ...NAMES_WITH_SLASH.map((name, i) => make.single(name, `slash-up-${i}`)),
    ...ODD_NAMES.map((name, i) => make.single(name, `odd-up-${i}`)),
    ...crossed(make),
    ...azures(upstream),
    ...failing(make),
    ...WILDCARDS.map(({ name, model }, i) => make.plain(name, model, `sk-wild-INVENTED-${i}`)),
    make.keyless('keyless', 'keyless-up'),
    make.headed('headed', 'headed-up'),
    make.env('from-env', 'env-up'),
  ];
  const groups = Math.max(8, count - new Set(deployments.map((row) => row.model_name)).size);
  for (let i = 0; i < groups; i += 1)
    deployments.push(...(dice.chance(0.45) ? make.group(`grp-${i}`) : [make.single(`m-${i}`, `up-${i}`)]));
  const all = [...new Set([...names, ...deployments.map((row) => row.model_name)])];
  return { deployments, names: all, ...aliases(dice, all), credentials: CREDENTIALS };
}

type Maker = ReturnType<typeof maker>;

function maker(dice: Dice, upstream: string) {
  const base = `${upstream}/v1`;
  const info = () => (dice.chance(0.35) ? { access_groups: dice.some(TAGS, 2) } : {});
  // Without a licence no key may name an access group with a name that a wildcard serves too.
  const row = (model_name: string, litellm_params: object): RandomDeployment => ({
    model_name,
    litellm_params: { ...litellm_params },
    model_info: /[*]|^(openai|xai|wild|ren)\//.test(model_name) ? {} : info(),
  });
  const credential = () =>
    dice.chance(0.3)
      ? { litellm_credential_name: dice.pick(CREDENTIALS).name }
      : { api_key: dice.pick(CREDENTIALS).key };
  const price = () => (dice.chance(0.4) ? { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 } : {});
  const call = (model: string) => ({ model, api_base: base, ...credential(), ...price() });
  const weight = () => dice.pick([{}, { weight: 1 }, { weight: 5 }, { rpm: 1000 }, { rpm: 3000 }, { tpm: 900000 }]);
  return {
    row,
    plain: (name: string, model: string, api_key: string) => row(name, { model, api_base: base, api_key }),
    single: (name: string, model: string) => row(name, call(`${dice.pick(OPENAI_LIKE)}/${model}`)),
    keyless: (name: string, model: string) => row(name, { model: `hosted_vllm/${model}`, api_base: base }),
    env: (name: string, model: string) =>
      row(name, { model: `openai/${model}`, api_base: base, api_key: 'os.environ/FAKE_UPSTREAM_KEY' }),
    headed: (name: string, model: string) =>
      row(name, { ...call(`openai/${model}`), extra_headers: { Authorization: 'Bearer sk-header-INVENTED' } }),
    group: (name: string) =>
      Array.from({ length: 2 + dice.under(3) }, (_, i) =>
        row(name, { ...call(`${dice.pick(OPENAI_LIKE)}/${name}-${i}`), ...weight() }),
      ),
  };
}

/** A name whose upstream id is another public name with another credential (P§2.1). */
function crossed(make: Maker): RandomDeployment[] {
  return [
    make.plain('foo8', 'openai/bar8', 'sk-foo-INVENTED'),
    make.plain('bar8', 'openai/bar8', 'sk-bar-INVENTED'),
    make.plain('same-model-1', 'openai/shared-up', 'sk-same-1-INVENTED'),
    make.plain('same-model-2', 'openai/shared-up', 'sk-same-2-INVENTED'),
  ];
}

function azures(upstream: string): RandomDeployment[] {
  const azure = (model_name: string, deployment: string) => ({
    model_name,
    litellm_params: {
      model: `azure/${deployment}`,
      api_base: upstream,
      api_key: 'az-INVENTED',
      api_version: '2024-10-21',
    },
    model_info: {},
  });
  return [azure('az-chat', 'dep-1'), azure('claude-x2', 'dep-2'), azure('dep-3', 'dep-3')];
}

function failing(make: Maker): RandomDeployment[] {
  return [
    make.plain('fails', 'openai/fail-500', 'sk-fail-INVENTED'),
    make.plain('denied-upstream', 'openai/fail-401', 'sk-fail-INVENTED'),
    make.plain('half-fails', 'openai/fail-503', 'sk-fail-INVENTED'),
    make.plain('half-fails', 'openai/half-up', 'sk-half-INVENTED'),
  ];
}

/** One alias of an ordinary name, one hidden, one that shadows nothing but looks like a provider's; one fallback chain. */
function aliases(dice: Dice, names: readonly string[]): Pick<RandomModels, 'groupAliases' | 'fallbacks'> {
  const plain = names.filter((name) => !name.includes('*') && !name.includes('fail'));
  return {
    groupAliases: { 'ga-one': dice.pick(plain), 'ga-two': dice.pick(plain), 'ga/slash': dice.pick(plain) },
    fallbacks: [{ fails: ['bar8'] }, { 'm-0': [dice.pick(plain)] }],
  };
}
