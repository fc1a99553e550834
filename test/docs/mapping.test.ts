import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { fieldFacts, type Facts } from './field-facts.js';

/** docs/mapping.md: every field of LiteLLM in its class, every code that concerns one, every row that parts from the guide. */

const ROOT = new URL('../../', import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const PAGE = text('docs/mapping.md');

/** Codes about a record, a run or the gateway as a whole: no field of LiteLLM is behind them. */
const ABOUT_NO_FIELD = new Set(
  (
    'adopted adopted_differs renamed name_collision name_taken name_from_id drifted vanished written_before differs_from_plan ' +
    'listed_twice no_id not_planned internal_error main_object_missing api_cannot_tell team_list_incomplete rules_reach_other_keys ' +
    'rules_before_ours late_twin changed_on_target excluded gone_from_target merge_differs merged no_longer_planned rename_too_late ' +
    'update_left updated ' +
    'owner team user unknown_name in_doubt not_started'
  ).split(' '),
);

/** The program, without its sandboxes. */
function sources(): string[] {
  const folder = fileURLToPath(new URL('src', ROOT));
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('sandbox'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

describe('docs/mapping.md', () => {
  let facts: Facts = {};
  beforeAll(async () => {
    facts = await fieldFacts();
  });

  it('rests on what the experiments say today', async () => {
    await expect(`${JSON.stringify(facts, null, 1)}\n`).toMatchFileSnapshot('../fixtures/docs/fields.json');
  });

  it('has the tables that follow from it, with words for every field that is carried', () => {
    const script = fileURLToPath(new URL('scripts/mapping-doc.mjs', ROOT));
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('names every field that is known, in its section', () => {
    for (const [section, fields] of Object.entries(facts)) {
      const part = new RegExp(`<!-- fields of ${section} -->\n([^]*?)<!-- end -->`).exec(PAGE)?.[1] ?? '';
      expect(Object.keys(fields).filter((field) => !part.includes(`\`${field}\``))).toEqual([]);
    }
  });

  it('names every code that concerns a field', () => {
    const codes = [...text('docs/findings.md').matchAll(/^\| `([a-z_]+)`/gm)].map(([, code = '']) => code);
    expect(codes.length).toBeGreaterThan(100);
    const other = /_(need_database|not_listed|unreadable)$/;
    const missing = codes.filter(
      (code) => !ABOUT_NO_FIELD.has(code) && !other.test(code) && !PAGE.includes(`\`${code}\``),
    );
    expect(missing).toEqual([]);
  });

  it('names no code that is none', () => {
    const inSource = new Set(
      sources().flatMap((source) => [...source.matchAll(/'([a-z_]+)'/g)].map(([, word]) => word)),
    );
    const made = new Set([...text('docs/findings.md').matchAll(/^\| `([a-z_]+)`/gm)].map(([, code]) => code));
    const fields = new Set(
      Object.values(facts).flatMap((s) => Object.keys(s).flatMap((field) => field.split(/[.[\]]+/))),
    );
    const named = PAGE.replaceAll(/<!-- fields of [^]*?<!-- end -->/g, '').matchAll(/`([a-z]+(?:_[a-z]+)+)`/g);
    const unknown = [...named].map(([, name = '']) => name);
    expect(unknown.filter((name) => !made.has(name) && !inSource.has(name) && !fields.has(name))).toEqual([]);
  });

  it('lists the rows that part from the guide: the tests that are marked so', () => {
    const tests = [...text('test/guide/guide.test.ts').matchAll(/\bdiffers\(\s*'([^'\n]+)'/g)].map(
      ([, title]) => title,
    );
    const rows = PAGE.slice(PAGE.indexOf('## Where this parts')).matchAll(/^\| (?!here|---)(.+?) +\| .{10,} \|$/gm);
    expect(tests.length).toBeGreaterThan(5);
    expect([...rows].map(([, title]) => title)).toEqual(tests);
  });
});
