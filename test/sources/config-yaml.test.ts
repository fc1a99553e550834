import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { MigrateError } from '../../src/errors.js';
import { parseMapping, readConfigFile } from '../../src/sources/config-yaml.js';
import { fixture } from './replay.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrate-config-'));
});

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

async function refusal(reading: Promise<unknown>): Promise<MigrateError> {
  const error: unknown = await reading.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(MigrateError);
  return error as MigrateError;
}

describe('scalars are read as PyYAML reads them', () => {
  it.each([
    ['yes', true],
    ['Off', false],
    ['y', 'y'],
    ['1e3', '1e3'],
    ['1.5e3', '1.5e3'],
    ['1.5e+3', 1500],
    ['1_000', 1000],
    ['0x1F', 31],
    ['017', 15],
    ['0o17', '0o17'],
    ['089', '089'],
    ['0b101', 5],
    ['1:30', 90],
    ['-3', -3],
    ['.5', 0.5],
    ['~', null],
    ['', null],
    ['"yes"', 'yes'],
    ['2024-10-21', '2024-10-21'],
    ['os.environ/OPENAI_API_KEY', 'os.environ/OPENAI_API_KEY'],
    ['!!str 12', '12'],
  ])('%s', (written, read) => {
    expect(parseMapping('config.yaml', `value: ${written}\n`)).toEqual({ value: read });
  });

  it('anchors, merge keys and repeated keys work', () => {
    const text =
      'base: &b {model: a, rpm: 1}\none: {<<: *b, rpm: 2}\ntwo:\n  <<: [{x: 1}, {x: 2, y: 3}]\nagain: *b\ntwice: 1\ntwice: 2\n';
    expect(parseMapping('config.yaml', text)).toMatchObject({
      one: { model: 'a', rpm: 2 },
      two: { x: 1, y: 3 },
      again: { model: 'a', rpm: 1 },
      twice: 2,
    });
  });
});

describe('include', () => {
  it('extends lists and replaces everything else, relative to the main file, one level deep', async () => {
    await file(
      'more.yaml',
      'model_list:\n  - {model_name: b}\nlitellm_settings: {num_retries: 3}\ninclude: [never.yaml]\n',
    );
    const main = await file(
      'config.yaml',
      'include: [more.yaml]\nmodel_list:\n  - {model_name: a}\nlitellm_settings: {drop_params: true}\n',
    );
    const config = await readConfigFile(main);
    expect(config.modelList).toEqual([{ model_name: 'a' }, { model_name: 'b' }]);
    expect(config.litellmSettings).toEqual({ num_retries: 3 });
  });

  it('a missing file and a wrong shape are refused', async () => {
    const missing = await refusal(readConfigFile(await file('config.yaml', 'include: [nowhere.yaml]\n')));
    expect(missing.code).toBe('config_unreadable');
    expect(missing.message).toContain('nowhere.yaml');
    const shape = await refusal(readConfigFile(await file('config.yaml', 'include: more.yaml\n')));
    expect(shape.code).toBe('config_invalid');
  });
});

describe('a file that cannot be used', () => {
  it('that is not there is named', async () => {
    const error = await refusal(readConfigFile(join(folder, 'absent.yaml')));
    expect(error.code).toBe('config_unreadable');
    expect(error.message).toContain('absent.yaml');
    expect(error.cause).toBeDefined();
  });

  it('that is not YAML is named with its line, and never quoted', async () => {
    const error = await refusal(
      readConfigFile(await file('config.yaml', 'model_list:\n  - a: [1, 2\n"sk-CANARY-in-config" : }\n')),
    );
    expect(error.code).toBe('config_invalid');
    expect(error.message).toMatch(/config\.yaml:3:\d+/);
    expect(`${error.message} ${String(error.cause)} ${error.stack ?? ''}`).not.toContain('CANARY');
  });

  it.each(['- a\n', 'just text\n', 'model_list: {a: 1}\n', 'router_settings: [1]\n'])(
    'of another shape is refused: %j',
    async (text) => {
      expect((await refusal(readConfigFile(await file('config.yaml', text)))).code).toBe('config_invalid');
    },
  );

  it('an empty one is an empty configuration', async () => {
    expect((await readConfigFile(await file('config.yaml', '# nothing yet\n'))).modelList).toEqual([]);
  });
});

it('the recorded configuration is read whole', async () => {
  const config = await readConfigFile(fixture('config.yaml'));
  expect(config.modelList).toHaveLength(9);
  expect(config.routerSettings.model_group_alias).toEqual({
    'alias-gpt': 'gpt-4o',
    'hidden-alias': { model: 'model-a', hidden: true },
  });
  expect(config.generalSettings.master_key).toBe('os.environ/LITELLM_MASTER_KEY');
});
