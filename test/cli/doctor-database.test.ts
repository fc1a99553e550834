import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBifrostSandbox, type BifrostSandbox } from '../../src/sandbox/bifrost/server.js';
import { writeConfigFile } from '../../src/sandbox/litellm/config-file.js';
import { writeLitellmDatabase } from '../../src/sandbox/litellm/database.js';
import { startLitellmSandbox, type LitellmSandbox } from '../../src/sandbox/litellm/server.js';
import { runSql, startPostgres, type TestPostgres } from '../postgres.js';
import { examined } from './doctor-run.js';

let postgres: TestPostgres;
let litellm: LitellmSandbox;
let bifrost: BifrostSandbox;
let config: string;
let url: string;

beforeAll(async () => {
  postgres = await startPostgres();
  litellm = await startLitellmSandbox({ version: '1.109.1' });
  bifrost = await startBifrostSandbox();
  config = await writeConfigFile(litellm.world, mkdtempSync(join(tmpdir(), 'doctor-')));
  url = await database('litellm');
});
afterAll(async () => {
  await litellm.close();
  await bifrost.close();
  await postgres.stop();
});

async function database(name: string): Promise<string> {
  const created = await postgres.createDatabase(name);
  const { world, saltKey } = litellm;
  await writeLitellmDatabase({ url: created, world, version: '1.109.1', saltKey });
  return created;
}

function environment(over: { [name: string]: string } = {}): { [name: string]: string } {
  return {
    LITELLM_URL: litellm.url,
    LITELLM_MASTER_KEY: litellm.masterKey,
    LITELLM_SALT_KEY: litellm.saltKey,
    LITELLM_CONFIG: config,
    LITELLM_DB_URL: url,
    BIFROST_URL: bifrost.url,
    ...over,
  };
}

describe("migrate doctor and LiteLLM's database", () => {
  it('reads it, counts as the proxy does, and proves the salt key on real values', async () => {
    const { code, checks, stdout } = await examined(environment());
    expect(code).toBe(0);
    expect(checks.database).toMatchObject({ status: 'ok' });
    expect(checks.database.detail).toMatch(
      /^read-only transaction in schema "public": \d+ keys.*no table or column missing/,
    );
    expect(checks.organizations.detail).toMatch(/^\d+, read from the database$/);
    expect(checks.source_counts).toMatchObject({ status: 'ok' });
    // The world holds a few values under a salt key that nobody has any more.
    expect(checks.salt_key).toMatchObject({ status: 'warn' });
    expect(checks.salt_key.detail).toMatch(/^LITELLM_SALT_KEY opens \d+ encrypted value\(s\) and not \d+: "/);
    expect(stdout).not.toContain('CANARY');
  });

  it('a wrong salt key: 4, and the deployments whose keys stay closed are named', async () => {
    const { code, checks, stdout } = await examined(environment({ LITELLM_SALT_KEY: 'CANARY-wrong-salt' }));
    expect(code).toBe(4);
    expect(checks.salt_key).toMatchObject({ status: 'fail' });
    expect(checks.salt_key.next).toContain('Set LITELLM_SALT_KEY');
    expect(checks.variables_of_bifrost.detail).toMatch(/the keys of \d+ more cannot be read/);
    expect(stdout).not.toContain('CANARY');
  });

  it('nothing encrypted: says that nothing proves the key', async () => {
    const empty = await database('no models');
    await runSql(empty, 'TRUNCATE "LiteLLM_ProxyModelTable", "LiteLLM_CredentialsTable", "LiteLLM_Config" CASCADE');
    const { checks } = await examined(environment({ LITELLM_DB_URL: empty }));
    expect(checks.salt_key).toMatchObject({ status: 'ok', detail: expect.stringMatching(/^not proven/) as string });
    expect(checks.deployments).toMatchObject({ status: 'warn' });
  });

  it('tables that its user may not read: 5, by name, as a run would say', async () => {
    const grants = ['VerificationToken', 'TeamTable', 'UserTable'].map((name) => `"LiteLLM_${name}"`).join(', ');
    await runSql(url, `CREATE ROLE reader LOGIN PASSWORD 'CANARY-reader'; GRANT SELECT ON ${grants} TO reader`);
    const asReader = new URL(url);
    asReader.username = 'reader';
    asReader.password = 'CANARY-reader';
    const { code, checks, stdout } = await examined(environment({ LITELLM_DB_URL: asReader.toString() }));
    expect(code).toBe(5);
    expect(checks.database).toMatchObject({ status: 'fail' });
    expect(checks.database.detail).toContain('LiteLLM_ProxyModelTable');
    expect(checks.database.detail).not.toContain('LiteLLM_TeamTable');
    expect(checks.database.next).toContain('GRANT SELECT');
    expect(stdout).not.toContain('CANARY');
  });

  it('another database than the proxy has: warned by the counts', async () => {
    const other = await database('copy');
    await runSql(
      other,
      `DELETE FROM "LiteLLM_UserTable" WHERE user_id = (SELECT min(user_id) FROM "LiteLLM_UserTable")`,
    );
    const { code, checks } = await examined(environment({ LITELLM_DB_URL: other }));
    expect(code).toBe(0);
    expect(checks.source_counts).toMatchObject({ status: 'warn' });
    expect(checks.source_counts.detail).toMatch(/users \d+ and \d+$/);
  });

  it('tables and columns that are missing are named; those of newer releases are no reason to warn', async () => {
    const older = await database('older');
    await runSql(older, 'ALTER TABLE "LiteLLM_VerificationToken" DROP COLUMN project_id');
    const fine = await examined(environment({ LITELLM_DB_URL: older }));
    expect(fine.checks.database).toMatchObject({ status: 'ok' });
    expect(fine.checks.database.detail).toContain('this release has no LiteLLM_VerificationToken.project_id');
    await runSql(
      older,
      'ALTER TABLE "LiteLLM_VerificationToken" DROP COLUMN blocked; DROP TABLE "LiteLLM_CredentialsTable"',
    );
    const { checks } = await examined(environment({ LITELLM_DB_URL: older }));
    expect(checks.database).toMatchObject({ status: 'warn' });
    expect(checks.database.detail).toContain('missing: LiteLLM_VerificationToken.blocked, LiteLLM_CredentialsTable,');
  });

  it('a database that is not LiteLLM’s: 5', async () => {
    const { code, checks } = await examined(environment({ LITELLM_DB_URL: await postgres.createDatabase('other') }));
    expect(code).toBe(5);
    expect(checks.database.detail).toContain('no LiteLLM tables');
  });
});
