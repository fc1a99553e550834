import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { spawnLitellmSandbox } from '../../src/sandbox/litellm/process.js';

/** Needs the built program, as `npm test` makes it. */
describe('the sandbox as its own process', () => {
  it('says where it is, serves what it was asked for, and ends', async () => {
    const configDir = await mkdtemp(join(tmpdir(), 'litellm-sandbox-'));
    const sandbox = await spawnLitellmSandbox({ version: '1.81.13', world: { seed: 3, keys: 250 }, configDir });
    try {
      const headers = { authorization: `Bearer ${sandbox.masterKey}` };
      const readiness = (await (await fetch(`${sandbox.url}/health/readiness`)).json()) as { litellm_version: string };
      const list = (await (await fetch(`${sandbox.url}/key/list?size=100`, { headers })).json()) as {
        total_count: number;
      };
      expect(readiness.litellm_version).toBe('1.81.13');
      // One of the 250 is a session key of the dashboard.
      expect(list.total_count).toBe(249);
      expect(await readFile(join(configDir, 'config.yaml'), 'utf8')).toContain('model_list:');
    } finally {
      await sandbox.stop();
      await rm(configDir, { recursive: true });
    }
    await expect(fetch(`${sandbox.url}/health/readiness`)).rejects.toThrow();
  });
});
