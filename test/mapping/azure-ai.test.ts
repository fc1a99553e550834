import { expect, it } from 'vitest';
import { bodiesOf, codesOf } from '../guide/plans.js';
import { deployment, secret } from '../factories.js';

const foundry = (api_base: string) => deployment('x', { model: 'azure_ai/m', api_key: secret('k'), api_base });

it('an azure_ai endpoint that is no Azure OpenAI resource is carried, and said to be called in another URL shape', () => {
  expect(codesOf(foundry('https://r.services.ai.azure.com/models'))).toContain('azure_ai_endpoint');
  expect(codesOf(foundry('https://r.openai.azure.com'))).not.toContain('azure_ai_endpoint');
  expect(bodiesOf('provider_key', foundry('https://r.openai.azure.com'))[0]).toMatchObject({
    azure_key_config: { endpoint: 'https://r.openai.azure.com' },
  });
});
