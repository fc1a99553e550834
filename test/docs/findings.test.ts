import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FIELDS } from '../../src/mapping/not-carried.js';

/** Every code a person may meet in a report is explained in docs/findings.md, and nothing else is. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  // What commands say on the screen is not a finding about a record.
  .filter((name) => name.endsWith('.ts') && !/^(sandbox|commands)/.test(name))
  .map((name) => readFileSync(join(ROOT, 'src', name), 'utf8'));
const TEXT = SOURCES.join('\n');

type Found = Map<string, Set<string>>;

/** Codes as they stand in the source, with what they are: a severity, or what becomes of the record. */
function codesInSource(): Found {
  const found: Found = new Map();
  const add = (code: string | undefined, kind?: string): void => {
    if (code === undefined) return;
    const kinds = found.get(code) ?? new Set<string>();
    found.set(code, kind === undefined ? kinds : kinds.add(kind));
  };
  for (const [, severity, code] of TEXT.matchAll(/\bfinding\(\s*'(loss|change|notice)',\s*'([a-z_]+)'/g)) add(code, severity);
  for (const [, code] of TEXT.matchAll(/\? 'loss' : 'notice',\s*'([a-z_]+)'/g)) add(code, 'loss');
  for (const [, code] of TEXT.matchAll(/\bbecause\(\s*'([a-z_]+)'/g)) add(code, 'change');
  for (const [, code] of TEXT.matchAll(/\blose\(\s*'([a-z]+_[a-z_]+)'/g)) add(code);
  for (const [, code] of TEXT.matchAll(/\? \['([a-z_]+)'\] : \[\]/g)) add(code);
  for (const [, code] of TEXT.matchAll(/\blosses\.push\('([a-z_]+)'/g)) add(code);
  for (const [, code] of TEXT.matchAll(/\b(?:skip|skipped)\(\s*'([a-z_]+)'/g)) add(code, 'skipped');
  for (const [, one, other] of TEXT.matchAll(/\bskipped\(\s*\w+ \? '([a-z_]+)' : '([a-z_]+)'/g)) [one, other].forEach((code) => add(code, 'skipped'));
  for (const [, code] of TEXT.matchAll(/\bfail\(\s*'([a-z_]+)'/g)) add(code, 'failed');
  for (const [, code] of TEXT.matchAll(/\bwait\(\s*'([a-z_]+)'/g)) add(code, 'waiting');
  for (const [, code] of TEXT.matchAll(/\brefuse\(\s*'([a-z_]+)'/g)) add(code);
  for (const [, code] of TEXT.matchAll(/\breason: '([a-z]+(?:_[a-z]+)+)'/g)) add(code);
  for (const [, code] of TEXT.matchAll(/\[\s*'LiteLLM_\w+',\s*'([a-z_]+)'/g)) add(code, 'loss');
  for (const [, kind] of TEXT.matchAll(/optional(?:Rows|Body)\((?:this\.#api, |api, )?'([a-z_]+)'/g)) {
    add(`${kind}_not_listed`, 'notice');
    add(`${kind}_need_database`, 'loss');
    add(`${kind}_unreadable`, 'loss');
  }
  for (const [, kind] of TEXT.matchAll(/otherMembers\('([a-z_]+)'/g)) add(`${kind}_field_not_carried`, 'loss');
  for (const who of ['user', 'member', 'project']) add(`${who}_budget_per_key`, 'change');
  for (const name of ['tags', 'order', 'model_rpm_limit', 'model_tpm_limit']) add(`${name}_not_carried`, 'loss');
  for (const [field, [severity]] of Object.entries(FIELDS)) add(`${field}_not_carried`, severity);
  add('no_id', 'failed');
  return found;
} // prettier-ignore

/** Templates that make codes: a new one must be told to codesInSource. */
const TEMPLATES = [
  '`${field}_not_carried`',
  '`${name}_not_carried`',
  '`${member}_not_carried`',
  '`${kind}_not_listed`',
  '`${kind}_need_database`',
  '`${kind}_unreadable`',
  '`${kind}_field_not_carried`',
  '`${who}_budget_per_key`',
];

type Row = { readonly code: string; readonly kinds: readonly string[]; readonly means: string; readonly todo: string };

function documented(): Row[] {
  const page = readFileSync(join(ROOT, 'docs/findings.md'), 'utf8');
  return [...page.matchAll(/^\| `([a-z_]+)` +\| ([a-z, ]+?) +\| (.+?) +\| (.*?) +\|$/gm)].map(
    ([, code = '', kinds = '', means = '', todo = '']) => ({ code, kinds: kinds.split(', '), means, todo }),
  );
}

describe('docs/findings.md', () => {
  const rows = documented();
  const found = codesInSource();

  it('has a row for every code in the source', () => {
    const known = new Set(rows.map(({ code }) => code));
    expect([...found.keys()].filter((code) => !known.has(code)).sort()).toEqual([]);
  });

  it('has no row for a code that is in no source, and none twice', () => {
    expect(rows.filter(({ code }) => !found.has(code)).map(({ code }) => code)).toEqual([]);
    expect(rows.map(({ code }) => code)).toEqual([...new Set(rows.map(({ code }) => code))]);
  });

  it('names what each code is: its severities, and what becomes of the record', () => {
    for (const { code, kinds } of rows)
      for (const kind of found.get(code) ?? []) expect(kinds, `${code} is ${kind}`).toContain(kind);
  });

  it('says of each what it means and what to do', () => {
    for (const { code, means, todo } of rows) expect(means.length > 10 && todo.length > 3, code).toBe(true);
  });

  it('knows every way codes are made', () => {
    const made = [...TEXT.matchAll(/\bfinding\(\s*[^,`]+,\s*(`[^`]*`)/g)].map(([, template]) => template);
    expect(made.length).toBeGreaterThan(0);
    expect([...new Set(made)].filter((one) => one !== undefined && !TEMPLATES.includes(one))).toEqual([]);
  });
});
