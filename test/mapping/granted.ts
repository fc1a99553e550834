import { accessIndex, type Subject } from '../../src/mapping/access.js';
import { planGrant, type Grant } from '../../src/mapping/grants.js';
import type { Deployment, User, VirtualKey, World } from '../../src/sources/records.js';
import { catalogOf, deployment, secret, world, type CatalogParts, type WorldParts } from '../factories.js';

/** Grants of keys in worlds of a few lines. */

export type Place = WorldParts &
  CatalogParts & {
    readonly user?: User;
    readonly memberModels?: readonly string[];
    readonly organizationGates?: 'enforce' | 'ignore';
  };

/** One with a key of its own; a pattern's sends on what its `*` stands for. */
export function served(name: string, model = `openai/up-${name}`, over: Partial<Deployment> = {}): Deployment {
  return deployment(name, { model, api_key: secret(`key of ${name}`) }, { id: name, ...over });
}

/** `wild/*` has a provider called `wild`. */
export const WILD = deployment(
  'wild/*',
  { model: 'openai/*', api_base: 'https://wild.example/v1', api_key: secret('wild') },
  { id: 'wild/*' },
);

/** What the key belongs to is looked up in the place; its aliases are known to the catalog unless the place says otherwise. */
export function granted(key: VirtualKey, place: Place = {}): Grant {
  const w = world(place);
  const { teamId, aliases } = key;
  const keyAliases = Object.entries(aliases).map(([alias, target]) => ({ alias, target, teamId }));
  return planGrant(subjectIn(w, key, place), {
    catalog: catalogOf(w, { keyAliases, ...place }),
    index: accessIndex(w),
    organizationGates: place.organizationGates ?? 'enforce',
  });
}

export function subjectIn(w: World, key: VirtualKey, { user, memberModels }: Place = {}): Subject {
  const team = w.teams.find(({ id }) => id === key.teamId) ?? null;
  return {
    key,
    team,
    teamMissing: key.teamId !== null && team === null,
    user: user ?? null,
    organization: w.organizations.find(({ id }) => id === key.organizationId) ?? null,
    project: w.projects.get(key.projectId ?? '') ?? null,
    memberModels: memberModels ?? [],
  };
}

/** The names that are served, sorted. */
export function namesIn({ routes }: Grant): readonly string[] {
  return routes.map(({ name }) => name).sort();
}

/** Severity, code and field of every finding, with the names in its sentence. */
export function toldIn({ findings }: Grant): { readonly [about: string]: readonly string[] } {
  return Object.fromEntries(
    findings.map(({ severity, code, field, message }) => [
      `${severity} ${code} ${field}`,
      [...message.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name),
    ]),
  );
}
