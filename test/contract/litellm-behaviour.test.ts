import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isNewer } from '../../src/sandbox/litellm/version.js';
import { openTarget, targetVersions, type Target } from './litellm-target.js';

type Page = {
  keys: { token: string; team_id: string | null; created_at: string }[];
  total_count: number;
  total_pages: number;
};
type ModelRow = { model_name: string; litellm_params: Record<string, unknown>; model_info: Record<string, unknown> };

/** What contracts L§1.5–§1.9 say beyond shapes; each holds in the sandbox and in a real proxy with the recorded world. */
for (const version of await targetVersions()) {
  describe(`the management API of LiteLLM ${version}`, () => {
    let target: Target;
    beforeAll(async () => {
      target = await openTarget(version);
    });
    afterAll(() => target.close());

    const read = async <T>(path: string): Promise<T> => (await target.get(path, target.masterKey)).body as T;
    const models = async (path: string): Promise<ModelRow[]> => (await read<{ data: ModelRow[] }>(path)).data;

    it('pages through every key once, newest first, session keys left out', async () => {
      const pages: Page['keys'] = [];
      const first = await read<Page>('/key/list?size=7&return_full_object=true');
      for (let page = 1; page <= first.total_pages; page += 1) {
        pages.push(...(await read<Page>(`/key/list?size=7&page=${page}&return_full_object=true`)).keys);
      }
      expect(pages).toHaveLength(first.total_count);
      expect(new Set(pages.map(({ token }) => token)).size).toBe(first.total_count);
      expect(pages.some(({ team_id }) => team_id === 'litellm-dashboard')).toBe(false);
      const times = pages.map(({ created_at }) => created_at);
      expect(times).toEqual([...times].sort().reverse());
    });

    it('sorts keys by token when asked, and refuses an unknown order', async () => {
      const { keys } = await read<{ keys: string[] }>('/key/list?size=100&sort_by=token&sort_order=asc');
      expect(keys).toEqual([...keys].sort());
      expect((await target.get('/key/list?sort_by=nope', target.masterKey)).status).toBe(400);
    });

    it('filters keys by exact values', async () => {
      const { keys } = await read<Page>('/key/list?team_id=t-basic&size=100&return_full_object=true');
      expect(keys.length).toBeGreaterThan(0);
      expect(keys.every(({ team_id }) => team_id === 't-basic')).toBe(true);
      expect((await read<Page>('/key/list?team_id=t-bas')).total_count).toBe(0);
    });

    it('lists deployments as they are, and explodes wildcards and copies aliases elsewhere', async () => {
      const asTheyAre = await models('/v2/model/info?size=1000');
      const exploded = await models('/v1/model/info');
      expect(asTheyAre.some(({ model_name }) => model_name === 'openai/*')).toBe(true);
      expect(asTheyAre.some(({ model_name }) => model_name === 'alias-gpt')).toBe(false);
      expect(exploded.some(({ model_name }) => model_name === 'openai/*')).toBe(!isNewer(version));
      const alias = exploded.find(({ model_name }) => model_name === 'alias-gpt');
      expect(alias?.model_info.id).toBe(asTheyAre.find(({ model_name }) => model_name === 'gpt-4o')?.model_info.id);
      expect(exploded.some(({ model_name }) => model_name === 'hidden-alias')).toBe(false);
      const wildcard = asTheyAre.find(({ model_name }) => model_name === 'openai/*');
      const concrete = exploded.filter(({ model_info }) => model_info.id === wildcard?.model_info.id);
      expect(concrete.filter(({ model_name }) => /^openai\/[^*]+$/.test(model_name)).length).toBeGreaterThan(3);
    });

    it('shows team-scoped deployments under the name of its release', async () => {
      const scoped = (await models('/v2/model/info?size=1000')).filter(
        ({ model_info }) => model_info.team_id !== undefined,
      );
      expect(scoped.length).toBeGreaterThan(2);
      for (const { model_name, model_info } of scoped) {
        if (isNewer(version)) expect(model_name).toBe(model_info.team_public_model_name);
        else expect(model_name).toMatch(/^model_name_t-[a-z]+_/);
      }
      const elsewhere = (await models('/v1/model/info')).filter(({ model_info }) => model_info.team_id !== undefined);
      expect(elsewhere.length).toBe(isNewer(version) ? scoped.length : 0);
    });

    it('never shows an api_key and masks what else sounds secret', async () => {
      for (const { litellm_params } of await models('/v2/model/info?size=1000')) {
        expect(Object.keys(litellm_params)).not.toContain('api_key');
        expect(Object.keys(litellm_params)).not.toContain('vertex_credentials');
        const token = litellm_params.azure_ad_token ?? litellm_params.aws_session_token;
        if (token !== undefined) expect(token).toMatch(/^.{4}\*+.{4}$/);
      }
      const custom = (await models('/v2/model/info?size=1000')).find(({ model_name }) => model_name === 'db-custom');
      expect((custom?.litellm_params.extra_headers as Record<string, string>)['X-Team']).toBe('a');
      expect((custom?.litellm_params.extra_headers as Record<string, string>).Authorization).toMatch(/^Bear\*+.{4}$/);
      expect(typeof custom?.litellm_params.input_cost_per_token).toBe(isNewer(version) ? 'number' : 'string');
    });

    it('masks credentials by two characters', async () => {
      const { credentials } = await read<{
        credentials: { credential_name: string; credential_values: Record<string, string> }[];
      }>('/credentials');
      const openai = credentials.find(({ credential_name }) => credential_name === 'cred-openai');
      expect(openai?.credential_values.api_key).toMatch(/^.{2}\*{4}.{2}$/);
      expect(openai?.credential_values.api_base).toMatch(/^https?:/);
    });

    it('shows team aliases in the big list always, elsewhere in the newer releases only', async () => {
      type Team = { team_id: string; litellm_model_table: object | null };
      const list = await read<Team[]>('/team/list');
      const page = await read<{ teams: Team[] }>('/v2/team/list?page_size=100');
      const find = (teams: Team[]): object | null | undefined =>
        teams.find(({ team_id }) => team_id === 't-alias')?.litellm_model_table;
      expect(find(list)).toMatchObject({ model_aliases: { 'team-alias-x': expect.any(String) as string } });
      expect(find(page.teams) !== null).toBe(isNewer(version));
    });

    it('finds users and teams by parts of their texts', async () => {
      const users = await read<{ users: { user_id: string }[] }>('/user/list?user_email=ALICE@');
      expect(users.users.map(({ user_id }) => user_id)).toEqual(['u-alice']);
      const teams = await read<{ total: number }>('/v2/team/list?team_alias=DUP-');
      expect(teams.total).toBe(2);
    });

    it('asks for a key before it says that a value is bad, but not before it says that a page is missing', async () => {
      expect((await target.get('/key/list?size=0', null)).status).toBe(401);
      expect((await target.get('/no/such/page', null)).status).toBe(404);
    });
  });
}
