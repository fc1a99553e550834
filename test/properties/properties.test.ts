import fc from 'fast-check';
import { afterAll, describe, it } from 'vitest';
import { looserThan } from './looser.js';
import { migrate, recordsOf } from './migrate.js';
import { narrowerThan } from './narrower.js';
import type { Recipe } from './recipe.js';
import { sampleOf } from './rows.js';
import { Trial } from './trial.js';
import { widerThan } from './wider.js';
import { recipes } from './worlds.js';

/**
 * Random worlds, migrated in memory and judged by two oracles that know nothing of the mapping. `PROPERTY_WORLDS` sets how many,
 * half of them for names and order, `PROPERTY_SEED` which; a failure prints the smallest world in which the rule is broken.
 */
const WORLDS = Number(process.env['PROPERTY_WORLDS'] ?? 400);
const SEED = Number(process.env['PROPERTY_SEED'] ?? 1);
const HOURS = 4 * 3_600_000;

/** Over all worlds: losses by kind and code of the finding that tells of them. */
const told = new Map<string, number>();
let judged = 0;

afterAll(() => {
  const counts = [...told].sort(([, a], [, b]) => b - a).map(([what, count]) => `  ${count} ${what}`);
  process.stderr.write(
    `properties: ${judged} worlds; what LiteLLM allows is lost so often, and named:\n${counts.join('\n')}\n`,
  );
});

/** Names and order break in any world that has them, rights in one of thousands: those get the greater part of the time. */
const SOME = Math.ceil(WORLDS / 2);

/** `faults`: one line each; none = the rule holds. */
function hold(worlds: fc.Arbitrary<Recipe>, faults: (recipe: Recipe) => readonly string[], numRuns = WORLDS): void {
  const property = fc.property(worlds, (recipe) => {
    judged += 1;
    const found = faults(recipe);
    if (found.length > 0) throw new Error(found.slice(0, 8).join('\n'));
  });
  fc.assert(property, { numRuns, seed: SEED });
}

/** What refuses a key whatever it asks for. */
const DEAD = new Set<string>([
  'key blocked', 'key expired', 'team missing', 'team blocked', 'project blocked', 'budget', 'rate limit',
]); // prettier-ignore

const ACCESS = recipes({ limits: false });
const LIMITED = recipes({ limits: true });

describe('in every world', { timeout: HOURS }, () => {
  it('no key may call on Bifrost what LiteLLM or its organization refuses', () => {
    hold(ACCESS, (recipe) => widerThan(new Trial(recipe)));
  });

  it('what LiteLLM allows is allowed, at the same upstream with the same credential, or a finding names it', () => {
    hold(ACCESS, (recipe) => {
      const losses = narrowerThan(new Trial(recipe));
      for (const [what, count] of losses.told) told.set(what, (told.get(what) ?? 0) + count);
      return losses.faults;
    });
  });

  it('no limit is looser without a finding', () => {
    hold(LIMITED, (recipe) => looserThan(new Trial(recipe)));
  });

  it('a key that is blocked, expired or out of everything from the start is not active', () => {
    hold(LIMITED, (recipe) => {
      const trial = new Trial(recipe);
      return trial.sample.keys.flatMap((key, at) => {
        const id = trial.virtualKeyOf(key);
        const answers = trial.litellm.names().map((name) => trial.litellm.ask(key.id, name));
        const whys = new Set(answers.map((answer) => (answer.allowed ? 'allowed' : answer.why)));
        const [why = 'allowed'] = whys;
        if (id === null || whys.size !== 1 || !DEAD.has(why)) return [];
        const body = trial.migration.gateway.find('virtual_key', id.slice('virtual_key:'.length))?.body;
        return body?.['is_active'] === false ? [] : [`key ${at} is active; LiteLLM says: ${why}`];
      });
    });
  });

  it('every record has an object of its own, whatever the others are called', () => {
    hold(
      LIMITED,
      (recipe) => {
        const { migration } = new Trial(recipe);
        const owners = new Map<string, string>();
        return [...migration.endings].flatMap(([id, { record, state }]) => {
          if (!['organization', 'team', 'virtual_key'].includes(record.kind) || state.bifrostId === null) return [];
          const other = owners.get(state.bifrostId);
          owners.set(state.bifrostId, id);
          return other === undefined ? [] : [`${id} and ${other} are both ${state.bifrostId}`];
        });
      },
      SOME,
    );
  });

  it('the order in which records are read changes no name and no list', () => {
    hold(
      LIMITED,
      (recipe) => {
        const sample = sampleOf(recipe);
        const { world } = sample;
        const turned = {
          ...sample,
          keys: [...sample.keys].reverse(),
          users: [...sample.users].reverse(),
          world: { ...world, teams: [...world.teams].reverse(), organizations: [...world.organizations].reverse() },
        };
        return differences(objectsOf(migrate(sample)), objectsOf(migrate(turned)));
      },
      SOME,
    );
  });

  // Provider keys are apart: a name that gets a second meaning gets a second key, beside the first.
  it('what is added later takes no name away', () => {
    hold(
      LIMITED,
      (recipe) => {
        const whole = sampleOf(recipe);
        const first = migrate({ ...whole, keys: whole.keys.slice(0, -1), users: whole.users.slice(0, -1) });
        const before = new Map([...first.endings].map(([id, { state }]) => [id, state.bifrostName]));
        const after = migrate(whole, first);
        return recordsOf(whole).flatMap(({ kind, id }) => {
          if (kind === 'deployment') return [];
          const [old, now] = [before.get(`${kind} ${id}`), after.endings.get(`${kind} ${id}`)?.state.bifrostName];
          return old === undefined || old === null || old === now ? [] : [`${kind} ${id} was ${old}, is ${now}`];
        });
      },
      SOME,
    );
  });
});

function objectsOf({ gateway }: ReturnType<typeof migrate>): ReadonlyMap<string, string> {
  const kinds = ['provider', 'provider_key', 'customer', 'team', 'virtual_key', 'routing_rule'] as const;
  return new Map(
    kinds.flatMap((kind) =>
      gateway.all(kind).map(({ name, body }) => [`${kind} ${name}`, JSON.stringify(body)] as const),
    ),
  );
}

function differences(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): readonly string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names]
    .filter((name) => one.get(name) !== other.get(name))
    .map((name) => `${name}: ${one.get(name) ?? 'not there'} | ${other.get(name) ?? 'not there'}`);
}
