import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { MigrateError } from '../../src/errors.js';
import { configOf, type MemoryLitellm } from '../memory-litellm.js';
import { clean, INPUTS, outcomeOf, runs } from './checks.js';
import { breakage, broken, odd, text } from './garbage.js';

/** A file with everything in it that LiteLLM knows. */
const FILE = {
  include: [],
  model_list: [
    {
      model_name: 'a',
      litellm_params: {
        model: 'openai/gpt-4o',
        api_key: 'os.environ/A',
        api_base: 'https://a.example/v1',
        rpm: 5,
        tags: ['x'],
        extra_headers: { 'X-A': '1' },
      },
      model_info: { id: 'one', access_groups: ['g'], team_id: 't', team_public_model_name: 'public' },
    },
    { model_name: 'a', litellm_params: { model: 'azure/b', api_base: 'https://b.openai.azure.com', api_version: '2024-10-21' } },
    { model_name: 'c/*', litellm_params: { model: 'anthropic/*', litellm_credential_name: 'named' }, tpm: 9 },
    { model_name: 'd', litellm_params: { model: 'vertex_ai/gemini', vertex_project: 'p', vertex_credentials: '{"type":"x"}' } },
    { model_name: 'e', litellm_params: { model: 'bedrock/us.anthropic.claude', aws_region_name: 'eu-west-1' } },
  ],
  credential_list: [{ credential_name: 'named', credential_values: { api_key: 'sk-named-123' }, credential_info: {} }],
  router_settings: { model_group_alias: { alias: 'a', other: { model: 'c', hidden: true } }, fallbacks: [{ a: ['d'] }] },
  litellm_settings: { default_fallbacks: ['d'], model_alias_map: { mapped: 'a' }, max_budget: 5 },
  general_settings: { master_key: 'os.environ/M', store_model_in_db: true },
  environment_variables: { A: 'b' },
}; // prettier-ignore
const TEXT = stringify(FILE);

/** The tree is broken, the syntax is fine. */
const wrongTypes = fc
  .array(breakage, { minLength: 1, maxLength: 5 })
  .map((ways) => written(ways.reduce<unknown>(broken, FILE)));

/** As YAML, or as JSON, which is YAML, too, where the writer of YAML would not reach the bottom. */
function written(tree: unknown): string {
  const json = JSON.stringify(tree) ?? '';
  return json.includes('[{"member":'.repeat(30)) ? json : stringify(tree);
}

type Cut = { readonly at: number; readonly length: number; readonly put: string };

/** Characters are cut out and others put in. */
const wrongSyntax = fc
  .array(fc.record({ at: fc.nat(TEXT.length), length: fc.nat(12), put: fc.oneof(text, fc.constantFrom(...PIECES())) }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((cuts: readonly Cut[]) =>
    cuts.reduce((file, { at, length, put }) => file.slice(0, at) + put + file.slice(at + length), TEXT),
  ); // prettier-ignore

function PIECES(): string[] {
  return [
    '&a', '*a', '*missing', '<<: *a', '<<: 3', '<<: [1, {x: 1}]', '!!binary "/w=="', '!!python/object:os.system x', '!!set {a, b}', '!!omap [a: 1]',
    '!!int nope', '!<tag:x> y', '%YAML 1.3\n---\n', '---\n', '...\n', '? [a, b]\n: c\n', '\t', '\r', '\u0085', '\u2028', ': ', '- ', '|', '>-', '"', "'",
    '{', '}', '[', ']', '#', '@', '`', '~', 'yes', '1_000', '0o17', '1:30:00', '.inf', '.nan', '2024-01-01',
  ]; // prettier-ignore
}

/** Files one would not think of twice, each tried once. */
const CURIOUS: readonly string[] = [
  '',
  '\uFEFF',
  '\u0000',
  '- a\n- b\n',
  'just text',
  '42',
  'null',
  'a: &a [*a]\nmodel_list: *a\n',
  'model_list: &m\n  - &e {model_name: x, litellm_params: &p {model: openai/x, self: *p}}\n',
  bomb(),
  `model_list: ${'['.repeat(20_000)}`,
  `model_list: ${'['.repeat(3_000)}${']'.repeat(3_000)}`,
  `model_list:\n${'  - {model_name: m, litellm_params: {model: openai/x}}\n'.repeat(2_000)}`,
  `a: "${'x'.repeat(300_000)}"\n`,
  'include: nothing.yaml\n',
  'include: [nothing.yaml]\n',
  'include: [3]\n',
  'include: [config.yaml]\n',
  'include: [/dev/null]\n',
  'include: [/]\n',
  '__proto__: {model_list: [1]}\nconstructor: 1\n',
];

const whole: fc.Arbitrary<string> = fc.oneof(
  odd.map((value) => written({ model_list: value })),
  fc.tuple(text, odd).map(([name, value]) => written(Object.fromEntries([[name, value]]))),
);

/** Every level repeats the one below nine times. */
function bomb(): string {
  const levels = 'abcdefgh'.split('').map((name, index, all) => {
    const below = all[index - 1];
    return `${name}: &${name} [${Array<string>(9).fill(below === undefined ? 'x' : `*${below}`).join(', ')}]`;
  }); // prettier-ignore
  return `${levels.join('\n')}\nmodel_list: *h\n`;
}

/** Not even text. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  fc.tuple(fc.nat(TEXT.length), fc.uint8Array({ minLength: 1, maxLength: 8 })).map(([at, some]) =>
    Buffer.concat([Buffer.from(TEXT.slice(0, at)), some, Buffer.from(TEXT.slice(at))]),
  ),
  fc.constant(Buffer.from(`\uFEFF${TEXT}`, 'utf16le')),
); // prettier-ignore

const proxy = (config: string): MemoryLitellm => ({
  version: '1.109.1',
  config,
  tables: { VerificationToken: [{ token: 'a'.repeat(64), key_alias: 'k', models: [] }], TeamTable: [], BudgetTable: [] },
  api: { '/v2/model/info': { data: [{ model_name: 'a', litellm_params: {}, model_info: { id: 'one' } }] } },
}); // prettier-ignore

describe('a damaged config.yaml', () => {
  it.each([
    ['of wrong types', wrongTypes, 580],
    ['of wrong syntax', wrongSyntax, 500],
    ['of quite another kind', whole, 200],
  ] as const)('%s is read as far as LiteLLM would, or refused with exit code 2', async (_what, files, count) => {
    await fc.assert(
      fc.asyncProperty(files, async (file) => {
        const outcome = await outcomeOf(proxy(file));
        if (!(outcome instanceof MigrateError)) return;
        expect(outcome.exitCode).toBe(2);
        expect(outcome.message).not.toContain('sk-named');
      }),
      runs(count),
    );
  });

  it('of bytes that are no text is read or refused with exit code 2', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async (file) => {
        const outcome = await clean(() => configOf(file));
        if (outcome instanceof MigrateError) expect(outcome.exitCode).toBe(2);
      }),
      runs(200),
    );
  });

  it.each(CURIOUS.map((file) => [file.slice(0, 40), file]))('that is %j is read or refused with exit code 2', async (_name, file) => {
    const outcome = await outcomeOf(proxy(file));
    if (outcome instanceof MigrateError) expect(outcome.exitCode).toBe(2);
  }); // prettier-ignore

  it('was tried as often as the whole suite counts', () => {
    expect(580 + 500 + 200 + 200 + CURIOUS.length).toBeGreaterThanOrEqual(INPUTS.yaml);
    expect(Object.values<number>(INPUTS).reduce((sum, count) => sum + count)).toBe(10_000);
  });
});
