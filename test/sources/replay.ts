import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

export const MASTER_KEY = 'sk-master-1234';
export const SALT_KEY = 'salt-abcd-1234';
export const VERSIONS = ['1.81.13', '1.106.2', '1.109.1'] as const;
export type RecordedVersion = (typeof VERSIONS)[number];

export type Reply = {
  readonly status: number;
  readonly body: unknown;
  readonly type?: string;
  readonly headers?: Record<string, string>;
};
/** Answers instead of the recordings; undefined lets them answer. */
export type Override = (
  path: string,
  query: URLSearchParams,
  request: IncomingMessage,
) => Reply | 'hang up' | undefined;
type Recording = { path: string; status: number; type: string; body: unknown };
type Item = Record<string, unknown>;

export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/sources/${name}`, import.meta.url));
}

export function recordings(version: RecordedVersion): Record<string, Recording> {
  return JSON.parse(readFileSync(fixture(`${version}/recordings.json`), 'utf8')) as Record<string, Recording>;
}

export type Replay = { readonly url: string; readonly requests: string[]; close(): Promise<void> };

/** A LiteLLM proxy that answers with what a real one of this version answered, paged as that one pages. */
export async function startReplay(version: RecordedVersion, override: Override = () => undefined): Promise<Replay> {
  const recorded = recordings(version);
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://replay');
    requests.push(`${request.method ?? ''} ${url.pathname}${url.search}`);
    const reply = override(url.pathname, url.searchParams, request) ?? answer(recorded, url, request);
    if (reply === 'hang up') return void request.socket.destroy();
    response.writeHead(reply.status, { 'content-type': reply.type ?? 'application/json', ...reply.headers });
    response.end(typeof reply.body === 'string' && reply.type !== undefined ? reply.body : JSON.stringify(reply.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const NOT_FOUND: Reply = { status: 404, body: { detail: 'Not Found' } };
const OPEN = ['/health/readiness', '/openapi.json'];

function answer(recorded: Record<string, Recording>, url: URL, request: IncomingMessage): Reply {
  const query = url.searchParams;
  if (!OPEN.includes(url.pathname) && request.headers.authorization !== `Bearer ${MASTER_KEY}`)
    return as(recorded.err_wrong_key);
  switch (url.pathname) {
    case '/health/readiness':
      return as(recorded.health_readiness);
    case '/openapi.json':
      return as(recorded.openapi_version);
    case '/v2/model/info':
      return paged(recorded.v2_model_info, 'data', 'total_count', query, 'size', 50, Infinity);
    case '/model/info':
      return as(recorded.v1_model_info);
    case '/key/list':
      if (Number(query.get('size') ?? 10) > 100) return as(recorded.key_list_size101);
      return paged(recorded.key_list_full_p1, 'keys', 'total_count', query, 'size', 10, 100);
    case '/key/info':
      return keyInfo(recorded, query.get('key'));
    case '/v2/team/list':
      return paged(recorded.v2_team_list, 'teams', 'total', query, 'page_size', 10, 100);
    case '/user/list':
      return paged(recorded.user_list, 'users', 'total', query, 'page_size', 25, 100);
    case '/team/info': {
      const team = (recorded.team_list?.body as Item[]).find((one) => one.team_id === query.get('team_id'));
      return team === undefined
        ? NOT_FOUND
        : {
            status: 200,
            body: { team_id: team.team_id, team_info: team, keys: [], team_memberships: team.team_memberships },
          };
    }
    default:
      return as(Object.values(recorded).find(({ path }) => path === url.pathname));
  }
}

function as(recording: Recording | undefined): Reply {
  return recording === undefined ? NOT_FOUND : { status: recording.status, body: recording.body };
}

function paged(
  recording: Recording | undefined,
  rows: string,
  total: string,
  query: URLSearchParams,
  sizeName: string,
  usual: number,
  most: number,
): Reply {
  const body = recording?.body as Item;
  const all = body[rows] as unknown[];
  const size = Number(query.get(sizeName) ?? usual);
  if (size < 1 || size > most)
    return { status: 422, body: { detail: [{ loc: ['query', sizeName], msg: 'out of range', type: 'range' }] } };
  const page = Number(query.get('page') ?? 1);
  return {
    status: 200,
    body: {
      ...body,
      [rows]: all.slice((page - 1) * size, page * size),
      [total]: all.length,
      total_pages: Math.ceil(all.length / size),
    },
  };
}

/** The recorded one; for other keys the listed row with the columns that only /key/info has, empty. */
function keyInfo(recorded: Record<string, Recording>, token: string | null): Reply {
  const one = recorded.key_info?.body as { key: string; info: Item };
  if (one.key === token) return { status: 200, body: one };
  const listed = (recorded.key_list_full_p1?.body as { keys: Item[] }).keys.find((key) => key.token === token);
  if (listed === undefined)
    return {
      status: 404,
      body: { error: { message: 'Key not found in database', type: 'not_found_error', param: 'key', code: '404' } },
    };
  const { token: _token, org_id: organization, ...info } = listed;
  return {
    status: 200,
    body: { key: token, info: { ...info, budget_id: null, organization_id: organization, policies: [] } },
  };
}
