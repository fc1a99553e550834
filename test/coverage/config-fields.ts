import { readFileSync } from 'node:fs';
import type { Item, MemoryLitellm } from '../memory-litellm.js';
import { withMembers } from './api-world.js';
import { CONFIG, servedModels, type Config } from './config-world.js';
import { databaseWorld } from './database-world.js';
import type { Trial } from './trials.js';
import type { Field } from './verdicts.js';

type Values = { readonly [member: string]: readonly unknown[] };

/** Members of config.yaml (L§3) with the values they are set to; a value `{value, with}` needs others beside it. */
const TRIED = JSON.parse(
  readFileSync(new URL('../fixtures/coverage/config.json', import.meta.url), 'utf8'),
) as Sections;

type Sections = {
  readonly model_list: { readonly [provider: string]: Values };
  readonly model_info: Values;
  readonly credential_list: Values;
  readonly router_settings: Values;
  readonly litellm_settings: Values;
  readonly general_settings: Values;
  readonly sections: Values;
};

/** A deployment for each provider with params of its own. Two share a name, so that weights mean something. */
const PARAMS: { readonly [provider: string]: Item } = {
  openai: { model: 'openai/gpt-4o-mini', litellm_credential_name: 'file-credential' },
  azure: { model: 'azure/deployment', api_base: 'https://one.openai.azure.com', api_key: 'os.environ/AZURE' },
  bedrock: { model: 'bedrock/anthropic.claude', aws_region_name: 'us-east-1' },
  vertex_ai: { model: 'vertex_ai/gemini-2', vertex_project: 'one', vertex_location: 'us-central1' },
  watsonx: { model: 'watsonx/ibm/granite' },
  snowflake: { model: 'snowflake/llama' },
  predibase: { model: 'predibase/llama' },
};

function world(config: Config): MemoryLitellm {
  const { tables, version, api } = databaseWorld('1.109.1');
  const stored = (api['/v2/model/info'] as { data: Item[] }).data.slice(-1);
  return {
    version,
    tables,
    config: JSON.stringify(config),
    api: { '/v2/model/info': { data: [...servedModels(config), ...stored] } },
  };
}

/** config.yaml with these members in their place. */
type Placed = (members: Item) => Config;

function trial(value: unknown): Trial {
  return typeof value === 'object' && value !== null && 'value' in value ? value : { value };
}

const withDeployments = (first: Item): Config => ({
  ...CONFIG,
  model_list: [first, { model_name: 'file-model', litellm_params: { model: 'openai/gpt-4.1', api_key: 'os.environ/B' } }],
}); // prettier-ignore

function fieldsOf(of: string, values: Values, placed: Placed): Field[] {
  return Object.entries(values).map(([field, tried]) => ({
    of,
    field,
    uses: [{ name: '', trials: tried.map(trial), world: (members: Item) => world(placed(members)) }],
  }));
}

/** Every member of config.yaml, section by section; the params of a deployment for each provider that has some of its own. */
export function configFields(): Field[] {
  const entry = CONFIG.model_list[0] ?? {};
  const params = Object.entries(TRIED.model_list).filter(([provider]) => provider !== '');
  const sections = ['router_settings', 'litellm_settings', 'general_settings'] as const;
  return [
    ...params.flatMap(([provider, values]) =>
      fieldsOf(`litellm_params(${provider})`, values, (members) =>
        withDeployments({ model_name: 'file-model', litellm_params: { ...PARAMS[provider], ...members } }),
      ),
    ),
    ...fieldsOf('model_list', TRIED.model_list[''] ?? {}, (members) => ({ ...CONFIG, model_list: [{ ...entry, ...members }] })),
    ...fieldsOf('model_info', TRIED.model_info, (members) => ({ ...CONFIG, model_list: [{ ...entry, model_info: members }] })),
    ...fieldsOf('credential_list', TRIED.credential_list, (members) => ({ ...CONFIG, credential_list: [withMembers(CONFIG.credential_list[0] ?? {}, members)] })),
    ...sections.flatMap((section) =>
      fieldsOf(section, TRIED[section], (members) => ({ ...CONFIG, [section]: { ...(CONFIG[section] as Item), ...members } })),
    ),
    ...fieldsOf('sections', TRIED.sections, (members) => ({ ...CONFIG, ...members })),
  ];
} // prettier-ignore
