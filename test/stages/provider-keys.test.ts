import { describe, expect, it } from 'vitest';
import type { Deployment, Params } from '../../src/sources/records.js';
import { models } from '../../src/stages/models.js';
import type { CreateWrite, PlannedWrite } from '../../src/stages/plan.js';
import { virtualKeys } from '../../src/stages/virtual-keys.js';
import type { ProviderKeyObject } from '../../src/target/objects.js';
import { contextOf, deployment, PENDING, secret, virtualKey, world, type ContextParts } from '../factories.js';

function writesOf(deployments: readonly Deployment[], parts: ContextParts = {}): PlannedWrite[] {
  const context = contextOf(world({ deployments }), parts);
  return deployments.flatMap((d) => {
    const plan = models.plan(d, PENDING, context);
    return plan.outcome === 'write' ? plan.writes : [];
  });
}

const keyNames = (deployments: readonly Deployment[]): string[] =>
  [...new Set(writesOf(deployments).flatMap((w) => (w.kind === 'provider_key' ? [w.name] : [])))].sort();

describe('two credentials that would have one name', () => {
  it.each<[string, string, Params, Params]>([
    [
      'two keys for one vLLM host',
      'hosted_vllm/m',
      { api_base: 'http://10.0.0.9:8000/v1', api_key: secret('first') },
      { api_base: 'http://10.0.0.9:8000/v1', api_key: secret('second') },
    ],
    [
      'two keys of one Azure resource',
      'azure/dep',
      { api_base: 'https://r.openai.azure.com', api_key: secret('first') },
      { api_base: 'https://r.openai.azure.com', api_key: secret('second') },
    ],
    [
      'one role in two regions',
      'bedrock/m',
      { aws_role_name: 'arn:aws:iam::1:role/caller', aws_region_name: 'eu-west-1' },
      { aws_role_name: 'arn:aws:iam::1:role/caller', aws_region_name: 'us-east-1' },
    ],
    [
      'two service accounts of one project',
      'vertex_ai/m',
      { vertex_project: 'p', vertex_credentials: secret('first') },
      { vertex_project: 'p', vertex_credentials: secret('second') },
    ],
  ])('%s are two keys, and their names do not depend on the order', (_what, model, first, second) => {
    const one = deployment('one', { model, ...first });
    const two = deployment('two', { model, ...second });
    const names = keyNames([one, two]);
    expect(names).toHaveLength(2);
    expect(keyNames([two, one])).toEqual(names);
  });
});

describe('what was on Bifrost before', () => {
  const ours = deployment('gpt', { model: 'openai/gpt', api_key: 'os.environ/MY_KEY' });
  const stranger: ProviderKeyObject = {
    kind: 'provider_key',
    id: 'K',
    name: 'openai/MY_KEY',
    provider: 'openai',
    reference: 'env.OTHER',
    redactedValue: '',
    models: ['*'],
    aliases: {},
    weight: 1,
    enabled: true,
    config: {},
  };

  it('is no key of ours because it has the name: with anything else in it, it is a conflict', () => {
    const write = writesOf([ours], { objects: [stranger] }).find((w) => w.kind === 'provider_key') as CreateWrite;
    expect([write.action, write.name]).toEqual(['create', stranger.name]);
    expect(write.adopt(stranger, [{ field: 'value', wanted: 'env.MY_KEY', found: 'env.OTHER' }]).verdict).toBe(
      'conflict',
    );
    expect(write.adopt(stranger, []).verdict).toBe('adopt');
  });

  it('reaches no virtual key while the key of ours is not there', () => {
    const context = contextOf(world({ deployments: [ours] }), { everythingWritten: false });
    const plan = virtualKeys.plan(virtualKey('k', { models: ['gpt'] }), PENDING, context);
    const body = (plan.outcome === 'write' ? (plan.writes[0] as CreateWrite) : undefined)?.body;
    expect(body?.['provider_configs']).toEqual([]);
  });

  it('is never put: a provider is created, or left as it is', () => {
    const custom = deployment('x', { model: 'openai/x', api_key: secret('k'), api_base: 'https://h.example/v1' });
    const providers = writesOf([ours, custom, ours]).filter(({ kind }) => kind === 'provider');
    expect(providers.map(({ action, path }) => [action, path])).toEqual(
      providers.map(() => ['create', '/api/providers']),
    );
    expect(providers.map((w) => Object.keys((w as CreateWrite).body))[0]).toEqual(['provider']);
  });
});
