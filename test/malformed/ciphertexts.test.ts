import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MigrateError } from '../../src/errors.js';
import { decrypter } from '../../src/sources/decrypt.js';
import { databaseWorld } from '../coverage/database-world.js';
import type { Item, MemoryLitellm } from '../memory-litellm.js';
import { fixture, SALT_KEY } from '../sources/replay.js';
import { INPUTS, outcomeOf, runs } from './checks.js';
import { text } from './garbage.js';

type Value = { readonly salt_key: string; readonly plaintext: string; readonly stored: string };
type Golden = { readonly functions: { readonly [version: string]: { readonly values: readonly Value[] } } };

const GOLDEN = (JSON.parse(readFileSync(fixture('golden-encryption.json'), 'utf8')) as Golden).functions;
const VALUES = Object.values(GOLDEN)
  .flatMap(({ values }) => values)
  .filter(({ salt_key: key }) => key === SALT_KEY);

/** Ciphertexts in one world: as many inputs. */
const TOGETHER = 30;

/** One that opened once, and what has become of it. */
const damaged: fc.Arbitrary<{ readonly plaintext: string; readonly stored: string }> = fc
  .tuple(
    fc.constantFrom(...VALUES),
    fc.constantFrom('cut', 'flip', 'prefix', 'alphabet', 'pad', 'insert', 'twice', 'giant', 'random', 'empty'),
    fc.nat(10_000),
    text,
  )
  .map(([{ plaintext, stored }, how, at, other]) => ({ plaintext, stored: damage(stored, how, at, other) }));

function damage(stored: string, how: string, at: number, other: string): string {
  const index = at % Math.max(1, stored.length);
  switch (how) {
    case 'cut':
      return at % 2 === 0 ? stored.slice(0, index) : stored.slice(index);
    case 'flip':
      return flipped(stored, at);
    case 'prefix':
      return ['v2:gcm:', 'v3:gcm:', 'v4:gcm:', 'v2:', ' ', ''][at % 6] + stored.replace(/^v\d:gcm:/, '');
    case 'alphabet':
      return at % 2 === 0 ? stored.replaceAll('-', '+').replaceAll('_', '/') : stored.toLowerCase();
    case 'pad':
      return stored.replace(/=+$/, '') + '='.repeat(at % 5);
    case 'insert':
      return stored.slice(0, index) + other + stored.slice(index);
    case 'twice':
      return stored + stored;
    case 'giant':
      return stored.replace(/=+$/, '') + 'QUJD'.repeat(at % 20 === 0 ? 50_000 : 2_000);
    case 'random':
      return Buffer.from(Array.from({ length: at % 90 }, (_one, place) => (at * 31 + place * 97) % 256)).toString(
        'base64',
      );
    default:
      return ['', ' ', '=', '====', 'v2:gcm:', 'v3:gcm:=', '*', '\u0000'][at % 8] ?? '';
  }
}

/** One bit of the payload, whatever the form. */
function flipped(stored: string, at: number): string {
  const [, prefix = '', payload = ''] = /^(v\d:gcm:)?(.*)$/s.exec(stored) ?? [];
  const bytes = Buffer.from(payload, 'base64');
  if (bytes.length === 0) return `${stored}A`;
  const place = at % bytes.length;
  bytes[place] = (bytes[place] ?? 0) ^ (1 << (at % 8));
  return prefix + bytes.toString('base64url') + '='.repeat((4 - (bytes.toString('base64url').length % 4)) % 4);
}

describe('damaged ciphertexts', () => {
  it('open to what was encrypted, or not at all', () => {
    const open = decrypter(SALT_KEY);
    fc.assert(
      fc.property(damaged, ({ plaintext, stored }) => {
        const result = open(stored);
        // A payload without a single character of base64 is the empty text, as LiteLLM has it (L§2.4).
        if (result.kind === 'opened') expect(['', plaintext]).toContain(result.text);
        else if (result.kind === 'plain') expect(result.text).toBe(stored);
      }),
      runs(INPUTS.ciphertexts / 2),
    );
  });

  it('fail their own deployment and leave the others as they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(damaged, { minLength: TOGETHER, maxLength: TOGETHER }), async (values) => {
        const outcome = await outcomeOf(worldWith(values.map(({ stored }) => stored)));
        if (outcome instanceof MigrateError) throw outcome;
        // Of a deployment's plans the first says what becomes of it; routing comes after.
        const plans = new Map([...outcome.records].reverse().map(({ record, plan }) => [record.id, plan]));
        expect(plans.get('intact')?.outcome).toBe('write');
        for (const [index, { plaintext }] of values.entries()) {
          const plan = plans.get(`damaged-${index}`);
          expect(['write', 'failed', 'skipped']).toContain(plan?.outcome);
          if (plan?.outcome === 'failed' || plan?.outcome === 'skipped') expect(plan.reason).not.toBe('');
          // A model's name is no secret; a key that opened stays in the vault.
          if (!isModel(index) && plaintext.length > 12 && !plaintext.startsWith('os.environ/'))
            expect(JSON.stringify(plan)).not.toContain(plaintext);
        }
      }),
      runs(INPUTS.ciphertexts / 2 / TOGETHER),
    );
  });
});

function isModel(index: number): boolean {
  return index % 3 === 0;
}

/** Deployments with one of these values each as their key or their model, and one that opens. */
function worldWith(values: readonly string[]): MemoryLitellm {
  const whole = databaseWorld('1.109.1');
  const intact = VALUES.find(({ plaintext }) => plaintext.startsWith('sk-'))?.stored;
  const rows: Item[] = values.map((stored, index) => ({
    model_id: `damaged-${index}`,
    model_name: `damaged-${index}`,
    litellm_params: isModel(index)
      ? { model: stored, api_key: 'plain-key-123' }
      : { model: 'openai/gpt-4o', api_key: stored },
    model_info: {},
  }));
  rows.push({
    model_id: 'intact',
    model_name: 'intact',
    litellm_params: { model: 'openai/gpt-4o', api_key: intact },
    model_info: {},
  });
  return { ...whole, tables: { ...whole.tables, ProxyModelTable: rows } };
}
