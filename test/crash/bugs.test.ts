import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROGRAM } from '../cli/program.js';
import type { Lane } from './lane.js';
import { live, referenceOf, type Reference, type Verdict } from './lineage.js';
import { pointsIn, type Point } from './points.js';
import { Theatre } from './theatre.js';
import { smallWorld } from './world.js';

/** The crash suite proves something only if it fails for a program that breaks the protocol. Three such programs. */

type Bug = {
  readonly what: string;
  /** Source file, a text of what was built from it, and what stands there instead. */
  readonly changes: readonly (readonly [source: string, text: string, instead: string])[];
  /** After which request the program dies. */
  readonly dies: string;
};

const DURABLE = 'await this.#state.journal.commits.durable();';
const BUGS: readonly Bug[] = [
  {
    what: 'sends what its journal does not know yet',
    changes: [['src/engine/creation.ts', DURABLE, '']],
    dies: 'POST team',
  },
  {
    what: 'sends again without asking',
    changes: [
      ['src/engine/creation.ts', '?? await creation.there()', ''],
      ['src/engine/run.ts', 'await reconcile(state);', ''],
    ],
    dies: 'POST pricing_override',
  },
  {
    what: 'confirms before it has sent',
    changes: [
      [
        'src/engine/creation.ts',
        DURABLE,
        `this.#settle({ state: 'done', bifrostId: 'sent', origin: 'created' }); ${DURABLE}`,
      ],
    ],
    dies: 'POST customer',
  },
];

describe('a program that breaks the protocol is found out', { timeout: 120_000 }, () => {
  const theatre = new Theatre();
  let litellm: { readonly [variable: string]: string };
  let healthy: Lane;
  let reference: Reference;
  let points: readonly Point[];
  beforeAll(async () => {
    ({ variables: litellm } = await theatre.litellm('bugs', smallWorld()));
    healthy = await theatre.lane('1.5.2', litellm);
    const count = join(theatre.folder, 'points');
    expect((await healthy.migrate('run', { count })).code).toBe(3);
    reference = await referenceOf(healthy);
    points = pointsIn(count);
  });
  afterAll(() => theatre.close());

  /** The passing of `send.after` that is about this request, by its number. */
  function after(request: string): string {
    const passings = points.filter(({ label }) => label.startsWith('send.after '));
    const nth = passings.findIndex(({ label }) => label === `send.after ${request}`);
    expect(nth).toBeGreaterThanOrEqual(0);
    return `send.after:${nth + 1}`;
  }

  async function killed(lane: Lane, dies: string): Promise<Verdict> {
    await lane.reset();
    const verdict = await live(lane, { kills: [after(dies)], label: dies }, reference);
    expect(verdict.killed).toBe(1);
    return verdict;
  }

  it.each(BUGS)('one that $what', async ({ what, changes, dies }) => {
    const program = broken(join(theatre.folder, what.replaceAll(' ', '-')), changes);
    const lane = await theatre.lane('1.5.2', litellm, { program });
    const { violations } = await killed(lane, dies);
    expect(violations).not.toEqual([]);
    // It did go through to its end: what is wrong is what it left.
    expect(violations.join()).not.toContain('ended with');
  });

  it('the program as it is is not', async () => {
    expect((await killed(healthy, BUGS[0]?.dies ?? '')).violations).toEqual([]);
  });
});

/** A copy of the program with these changes. */
function broken(folder: string, changes: Bug['changes']): string {
  const root = dirname(dirname(PROGRAM));
  mkdirSync(folder);
  for (const part of ['dist', 'migrations', 'package.json'])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const files = readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.js'),
  );
  for (const [source, text, instead] of changes) {
    // The bundler says where the code of each source begins; what it imports comes before, under the same heading.
    const heading = `// ${source}\n`;
    const file = files
      .map((name) => join(folder, 'dist', name))
      .find((name) => readFileSync(name, 'utf8').includes(heading));
    const program = file === undefined ? '' : readFileSync(file, 'utf8');
    const begin = program.lastIndexOf(heading);
    const end = program.indexOf('\n// src/', begin + 1);
    const code = program.slice(begin, end === -1 ? undefined : end);
    expect(code, `${source} has changed: say anew where to break it`).toContain(text);
    writeFileSync(
      file ?? '',
      program.slice(0, begin) + code.replace(text, instead) + program.slice(begin + code.length),
    );
  }
  return join(folder, 'dist', 'cli.js');
}
