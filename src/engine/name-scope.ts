import { MigrateError } from '../errors.js';
import { chosenRecords } from '../journal/chosen-records.js';
import type { Journal } from '../journal/journal.js';
import { NameChoices } from '../mapping/name-choices.js';
import type { Deployment, World } from '../sources/records.js';
import type { MigrateOptions } from './run.js';

/** @throws MigrateError `config_invalid` for an id the source does not have. */
export function namesOf(
  journal: Journal,
  { names, source, settings }: Pick<MigrateOptions, 'names' | 'source' | 'settings'>,
): NameChoices | undefined {
  if (names === undefined) return undefined;
  return new NameChoices(chosenRecords(journal.db, names, settings.names ?? ''), source.world);
}

/**
 * Deployments that the names file leaves out serve nobody.
 *
 * @throws MigrateError `config_invalid` where their name would lead somewhere else instead: to keys that is another model.
 */
export function worldWith(
  { source, settings }: Pick<MigrateOptions, 'source' | 'settings'>,
  names: NameChoices | undefined,
): World {
  const { world } = source;
  if (names === undefined) return world;
  const deployments = world.deployments.filter((one) => names.exclusion(one) === null);
  for (const one of world.deployments) {
    const other = names.exclusion(one) === null ? undefined : insteadOf(one, deployments);
    if (other === undefined) continue;
    throw new MigrateError(
      'config_invalid',
      `The names file ${settings.names ?? ''} excludes the deployment "${one.id}", and calls of "${one.publicName}" would go to "${other.publicName}" (${other.id}) instead.`,
      'Exclude that one too, or take the deployment out of LiteLLM.',
    );
  }
  return { ...world, deployments };
}

/** Who answers a name when the last deployment of its own is gone: for a team the global ones, for all a pattern (L§4). */
function insteadOf({ publicName, teamId }: Deployment, left: readonly Deployment[]): Deployment | undefined {
  if (left.some((one) => one.publicName === publicName && one.teamId === teamId)) return undefined;
  const answers = ({ publicName: name }: Deployment): boolean => name === publicName || matches(name, publicName);
  return left.find((one) => (one.teamId === null || one.teamId === teamId) && answers(one));
}

function matches(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return false;
  const literal = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`).test(name);
}
