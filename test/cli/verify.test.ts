import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDesk, type Desk, type Place } from './desk.js';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

type Found = {
  readonly clean: boolean;
  readonly counts: readonly { readonly kind: string; readonly [verdict: string]: number | string }[];
  readonly records: readonly { readonly kind: string; readonly name: string; readonly verdict: string }[];
  readonly objects: readonly {
    readonly kind: string;
    readonly name: string;
    readonly verdict: string;
    readonly message: string | null;
    readonly differences: readonly { readonly field: string; readonly direction: string }[];
    readonly records: readonly { readonly name: string }[];
  }[];
};

async function verified(place: Place): Promise<{ code: number; found: Found }> {
  const writes = await place.writes();
  const code = await place.call('verify', { json: true, quiet: true });
  expect(await place.writes()).toBe(writes);
  return { code, found: place.json() as unknown as Found };
}

/** What the verification says of one object: the verdict, and each field with its direction. */
function saidOf({ objects }: Found, kind: string, name: string): string[] {
  const object = objects.find((one) => one.kind === kind && one.name === name);
  if (object === undefined) return [];
  return [object.verdict, ...object.differences.map(({ field, direction }) => `${direction} ${field}`)];
}

type Row = { readonly id: string; readonly name: string; readonly [member: string]: unknown };

async function row(place: Place, list: string, member: string, name: string): Promise<Row> {
  const rows = (await place.ask('GET', `/api/governance/${list}`))[member] as unknown as readonly Row[];
  const found = rows.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no ${name} among the ${list}`);
  return found;
}

type Config = {
  readonly id: number;
  readonly keys: readonly { readonly key_id: string }[];
  readonly [m: string]: unknown;
};

/** A PUT of a key's entries, each as it is but for what `change` says. */
async function changeEntries(
  place: Place,
  name: string,
  change: (config: Config, nth: number) => object | null,
): Promise<void> {
  const key = await row(place, 'virtual-keys', 'virtual_keys', name);
  const entries = (key['provider_configs'] as readonly Config[]).flatMap((config, nth) => {
    const { id, provider, weight, allowed_models } = config;
    const changed = change(config, nth);
    if (changed === null) return [];
    return [{ id, provider, weight, allowed_models, key_ids: config.keys.map(({ key_id }) => key_id), ...changed }];
  });
  const owner = typeof key['team_id'] === 'string' ? { team_id: key['team_id'] } : {};
  await place.ask('PUT', `/api/governance/virtual-keys/${key.id}`, { ...owner, provider_configs: entries });
}

describe.each(['1.5.2', '1.5.16', 'enterprise'] as const)('verify on Bifrost %s', (personality) => {
  let place: Place;
  beforeAll(async () => {
    place = await desk.gateway(personality);
    await place.call('run', { quiet: true });
  });

  it('finds nothing after a run, and changes neither gateway nor journal', async () => {
    const journal = readFileSync(place.journal);
    const { code, found } = await verified(place);
    expect(code).toBe(0);
    expect(found).toMatchObject({ clean: true, records: [], objects: [] });
    expect(found.counts.find(({ kind }) => kind === 'virtual_key')).toMatchObject({ read: 7, ok: 7 });
    expect(readFileSync(place.journal).equals(journal)).toBe(true);
  });

  it('finds what was deleted, widened, narrowed and changed, and in which field', async () => {
    const gone = await row(place, 'virtual-keys', 'virtual_keys', 'everything');
    await place.ask('DELETE', `/api/governance/virtual-keys/${gone.id}`);
    await changeEntries(place, 'owned', ({ allowed_models }, nth) =>
      nth === 0 ? { allowed_models: [...(allowed_models as string[]), 'smuggled'] } : {},
    );
    await changeEntries(place, 'per-model-too', (_, nth) => (nth === 0 ? null : {}));
    const rule = await row(place, 'routing-rules', 'rules', 'LiteLLM mini');
    await place.ask('DELETE', `/api/governance/routing-rules/${rule.id}`);
    const budgeted = await row(place, 'virtual-keys', 'virtual_keys', 'same (c7646c6d)');
    const owner = { team_id: budgeted['team_id'] };
    const budgets = [{ max_limit: 500, reset_duration: '30d' }];
    await place.ask('PUT', `/api/governance/virtual-keys/${budgeted.id}`, { ...owner, budgets });
    const described = await row(place, 'virtual-keys', 'virtual_keys', 'same');
    await place.ask('PUT', `/api/governance/virtual-keys/${described.id}`, {
      team_id: described['team_id'],
      description: `${String(described['description'])}, somebody wrote`,
    });

    const { code, found } = await verified(place);
    expect(code).toBe(6);
    expect(saidOf(found, 'virtual_key', 'everything')).toEqual(['missing']);
    expect(saidOf(found, 'virtual_key', 'owned')[0]).toBe('wider');
    expect(saidOf(found, 'virtual_key', 'owned')[1]).toMatch(/^wider provider_configs\[.+\]\.allowed_models$/);
    expect(saidOf(found, 'virtual_key', 'per-model-too')[0]).toBe('narrower');
    expect(saidOf(found, 'virtual_key', 'same (c7646c6d)')).toEqual(['wider', 'wider budgets']);
    expect(saidOf(found, 'virtual_key', 'same')).toEqual(['changed', 'changed description']);
    expect(saidOf(found, 'routing_rule', 'global//LiteLLM mini')).toEqual(['missing']);
    const rules = found.objects.find(({ name }) => name === 'global//LiteLLM mini');
    expect(new Set(rules?.records.map(({ name }) => name))).toEqual(new Set(['mini']));
    expect(found.objects).toHaveLength(6);
    const verdicts = found.counts.find(({ kind }) => kind === 'virtual_key');
    expect(verdicts).toMatchObject({ read: 7, ok: 2, missing: 1, wider: 2, narrower: 1, changed: 1 });
  });

  it('tells people the same, the widest first', async () => {
    const out = `${place.journal}.md`;
    expect(await place.call('verify', { out })).toBe(6);
    expect(place.stdout).toBe('');
    const text = readFileSync(out, 'utf8');
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(['Wider', 'Missing', 'Changed', 'Narrower']);
    expect(text).toContain('- virtual key `owned`');
    expect(text).toMatch(/wider: `provider_configs\[.+\]\.allowed_models` is `.*smuggled.*`, planned /);
    expect(place.stderr).toContain('2 wider,');
  });
});

describe('verify', () => {
  it('names a key that was made anew under its name, a team that lost its owner, a changed provider key', async () => {
    const place = await desk.gateway('1.5.16');
    await place.call('run', { quiet: true });
    const old = await row(place, 'virtual-keys', 'virtual_keys', 'everything');
    await place.ask('DELETE', `/api/governance/virtual-keys/${old.id}`);
    await place.ask('POST', '/api/governance/virtual-keys', { name: 'everything', description: old['description'] });
    const customer = await row(place, 'customers', 'customers', 'Acme');
    await place.ask('DELETE', `/api/governance/customers/${customer.id}`);
    const { keys } = (await place.ask('GET', '/api/providers/groq/keys')) as unknown as { keys: readonly Row[] };
    const [key] = keys;
    await place.ask('PUT', `/api/providers/groq/keys/${key?.id ?? ''}`, {
      ...key,
      value: 'gsk-rotated-9999999',
      models: ['vendor/fast'],
    });
    const { found } = await verified(place);
    expect(saidOf(found, 'virtual_key', 'everything')).toContain('narrower provider_configs[openai]');
    expect(found.objects.find(({ name }) => name === 'everything')?.message).toContain('made anew');
    expect(saidOf(found, 'customer', 'Acme')).toEqual(['missing']);
    expect(saidOf(found, 'team', 'Platform')).toEqual(['wider', 'wider customer_id']);
    expect(saidOf(found, 'provider_key', 'groq/key')).toEqual(
      expect.arrayContaining(['changed value', 'narrower models']),
    );
  });

  it('says of a journal that was never run that everything is missing', async () => {
    const place = await desk.gateway('1.5.16');
    await place.call('run', { quiet: true });
    await place.call('rollback', { yes: true, quiet: true });
    const { code, found } = await verified(place);
    expect(code).toBe(6);
    expect(found.counts.find(({ kind }) => kind === 'virtual_key')).toMatchObject({ ok: 0, missing: 7 });
  });

  it('wants a journal, and the two ends of it', async () => {
    const place = await desk.gateway('1.5.16');
    await expect(place.call('verify')).rejects.toMatchObject({ exitCode: 10 });
    expect(existsSync(place.journal)).toBe(false);
    await place.call('run', { quiet: true });
    const other = await desk.gateway('1.5.16');
    const env = { ...place.env, BIFROST_URL: other.url };
    await expect(place.call('verify', {}, { env })).rejects.toMatchObject({ code: 'journal_other_ends' });
  });
});

it('tells what was adopted and has changed since, and not again what differed when it was', async () => {
  const place = await desk.gateway('1.5.16');
  await place.call('run', { quiet: true });
  await changeEntries(place, 'per-model', () => ({ allowed_models: [] }));
  const adopting = { journal: `${place.journal}.second`, quiet: true };
  await place.call('run', adopting);
  const verifiedAgain = async (): Promise<{ code: number; found: Found }> => {
    const code = await place.call('verify', { ...adopting, json: true });
    return { code, found: place.json() as unknown as Found };
  };
  expect((await verifiedAgain()).code).toBe(0);
  await changeEntries(place, 'organization', () => ({ key_ids: [] }));
  await changeEntries(place, 'same', () => ({ allowed_models: ['*'] }));
  const { code, found } = await verifiedAgain();
  expect(code).toBe(6);
  expect(found.objects).toHaveLength(2);
  expect(saidOf(found, 'virtual_key', 'organization')).toEqual([
    'narrower',
    'narrower provider_configs[openai].key_ids',
  ]);
  expect(saidOf(found, 'virtual_key', 'same')).toEqual(['wider', expect.stringMatching(/^wider .*allowed_models$/)]);
  expect(found.objects.map(({ message }) => message)).toEqual(Array(2).fill('it was adopted and has changed since'));
});
