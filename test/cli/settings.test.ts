import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isBudgetPeriod, recordKind } from '../../src/config-values.js';
import { loadSettings, type Environment, type Flags } from '../../src/config.js';
import { MigrateError } from '../../src/errors.js';

const ENV = {
  LITELLM_URL: 'http://localhost:4000',
  LITELLM_MASTER_KEY: 'sk-canary-master',
  LITELLM_CONFIG: '/etc/litellm/config.yaml',
  BIFROST_URL: 'http://127.0.0.1:8080',
};

function load(flags: Flags = {}, env: Environment = ENV) {
  return loadSettings(flags, env, { requirements: 'both' });
}

function refusal(flags: Flags, env: Environment = ENV): MigrateError {
  try {
    load(flags, env);
  } catch (error) {
    if (error instanceof MigrateError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

function without(...names: string[]): Environment {
  return Object.fromEntries(Object.entries(ENV).filter(([name]) => !names.includes(name)));
}

describe('settings', () => {
  it('have the documented defaults', () => {
    const { settings, origins } = load();
    expect(settings).toMatchObject({
      defaultProvider: 'openai',
      maxBudgetPeriod: '10Y',
      dryRun: false,
      journal: './migrate.db',
      concurrency: 8,
      only: null,
      onCollision: 'rename',
      onExisting: 'adopt',
      organizationGates: 'enforce',
      zeroLimits: 'block',
      allModels: 'everything',
      expired: 'skip',
      requireOwner: false,
      litellmDbUrl: null,
      bifrostApiKey: null,
    });
    expect(origins.litellmUrl).toBe('environment');
    expect(origins.concurrency).toBe('default');
  });

  it('take flags before the environment', () => {
    const { settings, origins } = load({ litellmUrl: 'https://other.test/base/' });
    expect(settings.litellmUrl).toBe('https://other.test/base');
    expect(origins.litellmUrl).toBe('flag');
  });

  it('use the master key as salt key when there is none', () => {
    expect(load().settings.litellmSaltKey.reveal()).toBe('sk-canary-master');
    expect(load({}, { ...ENV, LITELLM_SALT_KEY: 'salt' }).settings.litellmSaltKey.reveal()).toBe('salt');
  });

  it('read secrets from the file a NAME_FILE names, without its line end', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'settings-')), 'key');
    writeFileSync(file, 'sk-from-file\n');
    const { settings, origins } = load({}, { ...without('LITELLM_MASTER_KEY'), LITELLM_MASTER_KEY_FILE: file });
    expect(settings.litellmMasterKey.reveal()).toBe('sk-from-file');
    expect(origins.litellmMasterKey).toBe('file');
  });

  it('refuse a secret given twice, and a file that cannot be read', () => {
    expect(refusal({}, { ...ENV, LITELLM_MASTER_KEY_FILE: '/x' }).message).toBe(
      'LITELLM_MASTER_KEY and LITELLM_MASTER_KEY_FILE are both set.',
    );
    const unreadable = refusal({}, { ...without('LITELLM_MASTER_KEY'), LITELLM_MASTER_KEY_FILE: '/nowhere/key' });
    expect(unreadable.code).toBe('config_unreadable');
    expect(unreadable.message).toContain('LITELLM_MASTER_KEY_FILE');
  });

  it('never take a secret from a flag', () => {
    const { settings } = load({ litellmMasterKey: 'from-flag', bifrostApiKey: 'from-flag' });
    expect(settings.litellmMasterKey.reveal()).toBe('sk-canary-master');
    expect(settings.bifrostApiKey).toBeNull();
  });

  it('name everything that is missing in one sentence', () => {
    const error = refusal({}, {});
    expect(error.code).toBe('config_missing');
    expect(error.exitCode).toBe(2);
    expect(error.message).toBe('LITELLM_URL, LITELLM_MASTER_KEY, LITELLM_CONFIG and BIFROST_URL are not set.');
  });

  it('count an empty variable as unset', () => {
    expect(refusal({}, { ...ENV, BIFROST_URL: '' }).message).toBe('BIFROST_URL is not set.');
  });

  it('need no config.yaml when the database is given', () => {
    const { settings } = load(
      {},
      { ...without('LITELLM_CONFIG'), LITELLM_DB_URL: 'postgresql://u:p@localhost/litellm' },
    );
    expect(settings.litellmConfig).toBeNull();
    expect(refusal({}, without('LITELLM_CONFIG')).message).toBe('LITELLM_CONFIG is not set.');
  });

  it('ask a command that reads Bifrost only for Bifrost only, and a report for nothing', () => {
    expect(
      loadSettings({}, { BIFROST_URL: 'http://localhost:1' }, { requirements: 'target' }).settings.bifrostUrl,
    ).toBe('http://localhost:1');
    expect(() => loadSettings({}, {}, { requirements: 'target' })).toThrow('BIFROST_URL is not set.');
    expect(
      loadSettings({ journal: 'x.db' }, { BIFROST_URL: 'not a url' }, { requirements: 'none' }).settings.journal,
    ).toBe('x.db');
  });

  it.each<[string, Flags, Environment, RegExp]>([
    ['a URL that is none', {}, { LITELLM_URL: 'localhost:4000/x y' }, /^LITELLM_URL is not/],
    ['another scheme', { bifrostUrl: 'ftp://b.test' }, {}, /^--bifrost-url is not an http/],
    [
      'credentials in a URL',
      {},
      { BIFROST_URL: 'https://user:canary-pass@b.test' },
      /^BIFROST_URL contains credentials/,
    ],
    ['a query in a URL', {}, { BIFROST_URL: 'https://b.test/?a=1' }, /^BIFROST_URL has a query/],
    [
      'a database URL that is none',
      {},
      { LITELLM_DB_URL: 'mysql://u:canary-pass@h/d' },
      /^LITELLM_DB_URL is not a postgresql/,
    ],
    [
      'a period LiteLLM understands and Bifrost does not',
      {},
      { MAX_BUDGET_PERIOD: '1mo' },
      /^MAX_BUDGET_PERIOD is not a period/,
    ],
    ['an odd DRY_RUN', {}, { DRY_RUN: 'maybe' }, /^DRY_RUN is neither 1 nor 0/],
    ['no concurrency', { concurrency: '0' }, {}, /^--concurrency is not a whole number from 1 to 64/],
    ['too much concurrency', { concurrency: '65' }, {}, /^--concurrency/],
    ['a fraction', { concurrency: '1.5' }, {}, /^--concurrency/],
    ['an unknown choice', { onCollision: 'merge' }, {}, /^--on-collision is not one of rename, fail/],
    ['an unknown kind', { only: 'teams,cats' }, {}, /^--only takes a list of models/],
    ['an empty list of kinds', { only: '' }, {}, /^--only takes a list of models/],
    ['a provider with a space', { defaultProvider: 'open ai' }, {}, /^--default-provider is not the name/],
  ])('refuse %s with the name of where it came from, never its value', (_, flags, env, message) => {
    const error = refusal(flags, { ...ENV, ...env });
    expect(error.message).toMatch(message);
    expect(error.exitCode).toBe(2);
    expect(`${error.message} ${error.nextStep}`).not.toContain('canary');
  });

  it('name everything that is wrong at once', () => {
    const error = refusal({ concurrency: '99' }, { ...ENV, MAX_BUDGET_PERIOD: 'never' });
    expect(error.message).toContain('--concurrency');
    expect(error.message).toContain('MAX_BUDGET_PERIOD');
  });

  it.each(['1', 'true', 'YES', 'on'])('take DRY_RUN=%s for a dry run', (value) => {
    expect(load({}, { ...ENV, DRY_RUN: value }).settings.dryRun).toBe(true);
  });

  it.each(['0', 'false', 'no', ''])('take DRY_RUN=%s for a real one', (value) => {
    expect(load({}, { ...ENV, DRY_RUN: value }).settings.dryRun).toBe(false);
  });

  it('send keys over plain http to this machine only, unless told otherwise', () => {
    for (const url of [
      'http://localhost:1',
      'http://127.8.0.1',
      'http://[::1]:80',
      'https://far.test',
      'http://a.localhost',
    ]) {
      expect(load({ bifrostUrl: url }).settings.bifrostUrl).toBe(url);
    }
    for (const flag of ['bifrostUrl', 'litellmUrl']) {
      for (const url of [
        'http://far.test',
        'http://10.0.0.1',
        'http://127.0.0.1.far.test',
        'http://localhost.far.test',
      ]) {
        expect(refusal({ [flag]: url }).message).toContain(`unencrypted to ${url}`);
      }
    }
    expect(load({ bifrostUrl: 'http://far.test', allowInsecureHttp: true }).settings.allowInsecureHttp).toBe(true);
  });

  it('do not show a secret when printed', () => {
    const { settings } = load(
      {},
      { ...ENV, BIFROST_API_KEY: 'canary-api', LITELLM_DB_URL: 'postgres://u:canary-db@h/d' },
    );
    expect(JSON.stringify(settings) + inspect(settings, { depth: 9, showHidden: true })).not.toContain('canary');
  });

  it('take kinds as people call them', () => {
    expect(load({ only: 'models, virtual-keys,orgs,keys' }).settings.only).toEqual([
      'deployment',
      'virtual_key',
      'organization',
    ]);
    expect(['team', 'Teams', 'virtual_key', 'memberships', 'cats'].map(recordKind)).toEqual([
      'team',
      'team',
      'virtual_key',
      'membership',
      undefined,
    ]);
  });
});

describe('a budget period', () => {
  // Seen accepted and refused by a running Bifrost (B§5.2).
  it.each(['1d', '1w', '1M', '10Y', '100Y', '1m', '30s', '1h', '1h30m', '500ms', '2.5d', '+1d', '0.5s'])(
    'may be %s',
    (text) => {
      expect(isBudgetPeriod(text)).toBe(true);
    },
  );

  it.each([
    '1mo',
    '1mon',
    '1y',
    '1D',
    'daily',
    '30',
    '1month',
    '1Q',
    '1d12h',
    '1e3d',
    '',
    '1 d',
    '7d ',
    '0d',
    '-1d',
    '300Y',
    '0s',
  ])('may not be "%s"', (text) => {
    expect(isBudgetPeriod(text)).toBe(false);
  });
});
