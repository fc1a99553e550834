import { sideBySide } from '../side-by-side.js';
import type { Client } from './client.js';
import { listAll, listMembers, listModelConfigs, listProviderKeys, listUsers } from './lists.js';
import type { TargetObject, TeamObject, ProviderObject, VirtualKeyObject } from './objects.js';
import { createObjectIndex } from './object-index.js';
import type { Capabilities, Snapshot } from './target.js';

/** Everything on the gateway, each list once (B§10.1). Throws MigrateError when any of it cannot be read whole. */
export async function readSnapshot(client: Client, capabilities: Capabilities): Promise<Snapshot> {
  const snapshot = createObjectIndex();
  const put = (objects: readonly TargetObject[]) => {
    for (const object of objects) snapshot.put(object);
  };
  const providers = await listAll(client, 'provider');
  put(providers);
  put(await keysOf(client, providers));
  put(await listAll(client, 'customer'));
  const teams = await listAll(client, 'team');
  put(teams);
  put(await listUsers(client, capabilities.usersApi));
  put(await membersOf(client, capabilities, teams));
  put((await listAll(client, 'virtual_key')).map(createSharer()));
  put(await listModelConfigs(client, capabilities));
  put(await listAll(client, 'routing_rule'));
  put(await listAll(client, 'pricing_override'));
  return snapshot;
}

async function keysOf(client: Client, providers: readonly ProviderObject[]): Promise<readonly TargetObject[]> {
  // Per provider, because GET /api/keys shows neither aliases nor `enabled` (B§4.1).
  return sideBySide(providers, async (provider) => (await listProviderKeys(client, provider.name)) ?? []);
}

async function membersOf(
  client: Client,
  capabilities: Capabilities,
  teams: readonly TeamObject[],
): Promise<readonly TargetObject[]> {
  if (!capabilities.teamMembers) return [];
  return sideBySide(teams, async (team) => (await listMembers(client, capabilities, team.id)) ?? []);
}

/** Virtual keys repeat the same few lists of models and keys thousands of times: one copy of each is kept. */
function createSharer(): (key: VirtualKeyObject) => VirtualKeyObject {
  const lists = new Map<string, readonly string[]>();
  const share = (list: readonly string[]): readonly string[] => {
    const text = JSON.stringify(list);
    const known = lists.get(text) ?? list;
    lists.set(text, known);
    return known;
  };
  return (key) => ({
    ...key,
    providerConfigs: key.providerConfigs.map((config) => ({
      ...config,
      allowedModels: share(config.allowedModels),
      keyIds: config.keyIds === '*' ? '*' : share(config.keyIds),
    })),
  });
}
