import { createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeLitellmDatabase } from '../../src/sandbox/litellm/database.js';
import { columnsOf, hasTable, TABLES, type TableName } from '../../src/sandbox/litellm/schema.js';
import { DEFAULT_SALT_KEY } from '../../src/sandbox/litellm/server.js';
import { isNewer, SANDBOX_VERSIONS } from '../../src/sandbox/litellm/version.js';
import { sandboxWorld } from '../../src/sandbox/litellm/world.js';
import { startPostgres, type TestPostgres } from '../postgres.js';

/** LiteLLM's reading of a stored text, written apart from the code that writes it; null when it does not open. */
function open(stored: string): { form: string; text: string } | null {
  const hash = createHash('sha256').update(DEFAULT_SALT_KEY).digest();
  const form = /^v[23](?=:gcm:)/.exec(stored)?.[0] ?? 'nacl';
  const raw = Buffer.from(stored.replace(/^v[23]:gcm:/, ''), 'base64url');
  try {
    if (form === 'nacl')
      return {
        form,
        text: Buffer.from(xsalsa20poly1305(hash, raw.subarray(0, 24)).decrypt(raw.subarray(24))).toString(),
      };
    const key =
      form === 'v2'
        ? hash
        : Buffer.from(hkdfSync('sha256', DEFAULT_SALT_KEY, Buffer.alloc(32), 'litellm-at-rest-v3', 32));
    const decipher = createDecipheriv('aes-256-gcm', key, raw.subarray(0, 12));
    decipher.setAuthTag(raw.subarray(-16));
    return { form, text: Buffer.concat([decipher.update(raw.subarray(12, -16)), decipher.final()]).toString() };
  } catch {
    return null;
  }
}

describe('the database of the sandbox', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  describe.each(SANDBOX_VERSIONS)('as LiteLLM %s has it', (version) => {
    const world = sandboxWorld({ keys: 2500, brokenTeam: true });
    let client: pg.Client;
    beforeAll(async () => {
      const url = await postgres.createDatabase(`sandbox_${version.replaceAll('.', '_')}`);
      await writeLitellmDatabase({ url, world, version, saltKey: DEFAULT_SALT_KEY });
      client = new pg.Client({ connectionString: url });
      await client.connect();
    });
    afterAll(() => client.end());

    const rows = async <T>(sql: string): Promise<T[]> => (await client.query(sql)).rows as T[];

    it('has the tables and columns of its release', async () => {
      const found = await rows<{ name: string }>(
        `SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'public'`,
      );
      const expected = (Object.keys(TABLES) as TableName[])
        .filter((table) => hasTable(table, version))
        .flatMap((table) => [...columnsOf(table, version).keys()].map((column) => `${table}.${column}`));
      expect(found.map(({ name }) => name).sort()).toEqual(expected.sort());
      expect(hasTable('LiteLLM_ProjectTable', version)).toBe(isNewer(version));
    });

    it('holds every row of the world', async () => {
      const count = async (table: TableName): Promise<number> =>
        Number((await rows<{ n: string }>(`SELECT count(*) AS n FROM "${table}"`))[0]?.n);
      expect(await count('LiteLLM_VerificationToken')).toBe(2500);
      expect(await count('LiteLLM_TeamTable')).toBe(world.teams.length);
      expect(await count('LiteLLM_UserTable')).toBe(world.users.length);
      expect(await count('LiteLLM_OrganizationTable')).toBe(world.organizations.length);
      expect(await count('LiteLLM_BudgetTable')).toBe(world.budgets.length);
      expect(await count('LiteLLM_ProxyModelTable')).toBe(
        world.deployments.filter(({ place }) => place === 'database').length,
      );
    });

    it('stores a key as it is, to the empty alias and the time of its end', async () => {
      const sql = `SELECT key_alias, models, metadata, max_budget, expires::text AS expires, blocked, budget_id FROM "LiteLLM_VerificationToken" WHERE token = `;
      for (const name of [
        'empty',
        'odd',
        'k-future',
        'k-blocked',
        'k-negative-budget',
        'k-metadata',
        'k-budget-link',
        'k-a',
      ]) {
        const { row } = world.keyNamed(name);
        const [stored] = await rows<object>(`${sql}'${row.token}'`);
        expect(stored).toEqual({
          key_alias: row.key_alias,
          models: row.models,
          metadata: row.metadata,
          max_budget: row.max_budget,
          expires: row.expires?.replace('T', ' ').replace('.000', '') ?? null,
          blocked: row.blocked,
          budget_id: row.budget_id,
        });
      }
    });

    it('encrypts every top-level text of a deployment, in all forms, and nothing else', async () => {
      const stored = await rows<{ model_id: string; litellm_params: Record<string, unknown> }>(
        'SELECT model_id, litellm_params FROM "LiteLLM_ProxyModelTable"',
      );
      const forms = new Set<string>();
      for (const { model_id, litellm_params } of stored) {
        const deployment = world.deployments.find(({ id }) => id === model_id);
        if (deployment === undefined) throw new Error(`no deployment ${model_id}`);
        for (const [name, value] of Object.entries(deployment.params)) {
          const found = litellm_params[name];
          const lost = deployment.lost === 'all' || deployment.lost === name;
          if (typeof value !== 'string' || deployment.plain === true) expect(found).toEqual(value);
          else {
            const opened = open(found as string);
            expect(opened?.text ?? null, `${deployment.modelName} ${name}`).toBe(lost ? null : value);
            if (opened) forms.add(opened.form);
          }
        }
      }
      expect([...forms].sort()).toEqual(['nacl', 'v2', 'v3']);
    });

    it('keeps team aliases and memberships the way its release does', async () => {
      const aliases = await rows<{ team_id: string; aliases: object }>(
        'SELECT team_id, aliases FROM "LiteLLM_TeamTable" JOIN "LiteLLM_ModelTable" ON model_id = id ORDER BY team_id',
      );
      expect(aliases.map(({ team_id }) => team_id)).toEqual(
        isNewer(version) ? ['t-alias'] : ['t-alias', 't-basic', 't-open', 't-shadow'],
      );
      const memberships = await rows<{ n: string }>('SELECT count(*) AS n FROM "LiteLLM_TeamMembership"');
      const members = world.teams.reduce(
        (sum, { members_with_roles: list }) => sum + (Array.isArray(list) ? list.length : 0),
        0,
      );
      expect(Number(memberships[0]?.n)).toBe(isNewer(version) ? members : 2);
    });
  });
});
