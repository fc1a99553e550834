import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Item, MemoryLitellm } from '../memory-litellm.js';
import { withMembers } from './api-world.js';
import { CONFIG, servedModels, type Config } from './config-world.js';
import { databaseWorld } from './database-world.js';
import type { Trial } from './trials.js';
import { complaintsAbout } from './verdicts.js';

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

async function complaints(of: string, values: Values, placed: Placed): Promise<string[]> {
  const found: string[] = [];
  for (const [field, tried] of Object.entries(values)) {
    const use = { name: '', trials: tried.map(trial), world: (members: Item) => world(placed(members)) };
    found.push(...(await complaintsAbout({ of, field, uses: [use] })));
  }
  return found;
}

const withDeployments = (first: Item): Config => ({
  ...CONFIG,
  model_list: [first, { model_name: 'file-model', litellm_params: { model: 'openai/gpt-4.1', api_key: 'os.environ/B' } }],
}); // prettier-ignore

describe('every member of config.yaml is mapped, named in a finding, or ignored for a reason', () => {
  it.each(Object.entries(TRIED.model_list).filter(([provider]) => provider !== ''))(
    'litellm_params of %s',
    async (provider, values) => {
      const params = PARAMS[provider] ?? {};
      const placed: Placed = (members) =>
        withDeployments({ model_name: 'file-model', litellm_params: { ...params, ...members } });
      expect(await complaints(`litellm_params(${provider})`, values, placed)).toEqual([]);
    },
  );

  it('entries of model_list', async () => {
    const placed: Placed = (members) => ({ ...CONFIG, model_list: [{ ...CONFIG.model_list[0], ...members }] });
    expect(await complaints('model_list', TRIED.model_list[''] ?? {}, placed)).toEqual([]);
  });

  it('model_info', async () => {
    const placed: Placed = (members) => ({
      ...CONFIG,
      model_list: [{ ...CONFIG.model_list[0], model_info: members }],
    });
    expect(await complaints('model_info', TRIED.model_info, placed)).toEqual([]);
  });

  it('credential_list', async () => {
    const placed: Placed = (members) => ({
      ...CONFIG,
      credential_list: [withMembers(CONFIG.credential_list[0] ?? {}, members)],
    });
    expect(await complaints('credential_list', TRIED.credential_list, placed)).toEqual([]);
  });

  it.each(['router_settings', 'litellm_settings', 'general_settings'] as const)('%s', async (section) => {
    const placed: Placed = (members) => ({ ...CONFIG, [section]: { ...(CONFIG[section] as Item), ...members } });
    expect(await complaints(section, TRIED[section], placed)).toEqual([]);
  });

  it('sections of their own', async () => {
    expect(await complaints('sections', TRIED.sections, (members) => ({ ...CONFIG, ...members }))).toEqual([]);
  });
});
