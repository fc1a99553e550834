import type { World } from '../../../src/sources/records.js';
import type { People } from './caller.js';
import { knownModels } from './names.js';
import type { Release } from './release.js';
import { modelOf } from './upstream.js';

const UNHEARD_OF = 'no-such-name';

/** Every name some row mentions; a name with `*` stands for a few it covers. */
export function namesOf(world: World, { keys, users, memberships }: People, release: Release): readonly string[] {
  const mentioned = [
    ...world.deployments.flatMap((deployment) => [deployment.publicName, deployment.modelName, modelOf(deployment)]),
    ...Object.entries(world.router.modelGroupAlias).flat(),
    ...Object.entries(world.modelAliasMap).flat(),
    ...Object.entries(world.router.fallbacks).flat(2),
    ...world.router.defaultFallbacks,
    ...world.teams.flatMap(({ models, modelAliases }) => [...models, ...Object.entries(modelAliases).flat()]),
    ...[...world.accessGroups.values()].flatMap(({ models }) => models),
    ...world.organizations.flatMap(({ models }) => models),
    ...[...world.projects.values()].flatMap(({ models }) => models),
    ...keys.flatMap(({ models, aliases }) => [...models, ...Object.entries(aliases).flat()]),
    ...users.flatMap(({ models }) => models),
    ...memberships.flatMap(({ allowedModels }) => allowedModels),
  ];
  const names = new Set<string>();
  for (const name of new Set(mentioned)) {
    if (name === '') continue;
    for (const sample of name.includes('*') ? samplesOf(name, release) : [name]) names.add(sample);
  }
  return [...names, UNHEARD_OF];
}

/** A made-up name under the pattern, and for `<provider>/…*` a known one, with and without the provider. */
function samplesOf(pattern: string, release: Release): readonly string[] {
  const made = pattern.replaceAll('*', 'sample');
  const slash = pattern.indexOf('/');
  if (slash < 0) return [made];
  const [provider, rest] = [pattern.slice(0, slash), pattern.slice(slash + 1)];
  const start = rest.split('*')[0] ?? '';
  for (const [name, owner] of knownModels(release)) {
    if (owner === provider && name.startsWith(start)) return [made, `${provider}/${name}`, name];
  }
  return [made];
}
