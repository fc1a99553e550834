import { describe, expect, it } from 'vitest';
import { CONFIG, servedModels } from '../coverage/config-world.js';
import { databaseWorld } from '../coverage/database-world.js';
import { readMemory } from '../memory-litellm.js';

/** As LiteLLM sends it for some models: a whole number written as a fraction, a number as text, a number out of range. */
const SERVED =
  '{"max_tokens": 2000000.0, "max_input_tokens": 1.5, "output_vector_size": "1536", "mode": 7, "input_cost_per_token": 1e400}';

describe('what the running proxy shows of its models', () => {
  it.each(['management API', 'database'])('may hold numbers in any form, and ends nothing: by the %s', async (by) => {
    const litellm = databaseWorld('1.109.1');
    const info = JSON.parse(SERVED) as object;
    const stored = { model_name: 'db-model', litellm_params: { model: 'openai/gpt-4o' } };
    const data = [...servedModels(CONFIG), { ...stored, model_info: { id: 'model-1', db_model: true, ...info } }];
    const read = await readMemory({
      ...litellm,
      ...(by === 'management API' && { tables: null }),
      api: { ...litellm.api, '/v2/model/info': { data }, '/key/list': { keys: [], total_count: 0 }, '/user/list': { users: [], total: 0 }, '/v2/team/list': { teams: [], total: 0 }, '/team/list': [] },
    }); // prettier-ignore
    expect(read.world.deployments.map(({ publicName }) => publicName).sort()).toEqual(['db-model', 'file-model']);
    expect(read.world.deployments.find(({ publicName }) => publicName === 'db-model')?.inputCost).toBeNull();
  });
});
