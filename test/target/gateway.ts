import { Secret, type SecretStore } from '../../src/secret.js';
import { connectTarget, type ConnectedTarget, type ConnectDeps } from '../../src/target/connect.js';
import { html, json, serve, type Handler, type Received } from './server.js';

/** GETs by path (query included, or without it as a fallback) → JSON answered with 200; everything else is the dashboard. */
export type Routes = { readonly [path: string]: unknown };

/** What an answer says that is not 200 and JSON. */
export class Reply {
  constructor(
    readonly status: number,
    readonly body: unknown,
  ) {}
}

const EMPTY_LIST = { count: 0, limit: 0, offset: 0, total_count: 0 };

/** Answers of a gateway without any object, in the shapes of a version that has nothing beyond 1.5.2. */
export const EMPTY_OLD: Routes = {
  '/health': { status: 'ok' },
  '/api/session/is-auth-enabled': { is_auth_enabled: false },
  '/api/config': { client_config: { enforce_auth_on_inference: false }, auth_config: {}, is_db_connected: true },
  '/api/version': 'v1.5.2',
  '/api/providers': { providers: [], total: 0 },
  '/api/providers/openai/keys': new Reply(404, { error: { message: 'Provider not found: not found' } }),
  '/api/keys': [],
  '/api/governance/customers': { ...EMPTY_LIST, customers: [] },
  '/api/governance/teams': { ...EMPTY_LIST, teams: [] },
  '/api/governance/virtual-keys': { ...EMPTY_LIST, virtual_keys: [] },
  '/api/governance/model-configs': { ...EMPTY_LIST, model_configs: [] },
  '/api/governance/routing-rules': { ...EMPTY_LIST, rules: [] },
  '/api/governance/pricing-overrides': { ...EMPTY_LIST, pricing_overrides: [] },
};

/** The same for 1.5.16. */
export const EMPTY_NEW: Routes = {
  ...EMPTY_OLD,
  '/api/session/is-auth-enabled': { auth_type: 'none', has_valid_token: false, is_auth_enabled: false },
  '/api/config': {
    client_config: { enforce_auth_on_inference: false, mcp_enable_temp_token_auth: false, allow_direct_keys: false },
    is_db_connected: true,
  },
  '/api/version': 'v1.5.16',
  '/api/governance/virtual-keys': { ...EMPTY_LIST, virtual_keys: null },
  '/api/governance/model-configs': { ...EMPTY_LIST, limit: 25, model_configs: [] },
  '/api/feature-flags': { flags: [] },
  '/api/governance/complexity-analyzer-config': { tier_boundaries: {} },
  '/api/skills': { limit: 50, offset: 0, skills: [], total: 0 },
  '/api/governance/users': { count: 0, offset: 0, total: 0, users: [] },
};

export function routed(routes: Routes, first?: (request: Received) => unknown): Handler {
  return (request, response) => {
    const path = request.path.split('?')[0] ?? '';
    const answer = first?.(request) ?? routes[request.path] ?? routes[path];
    if (answer instanceof Reply) json(response, answer.status, answer.body);
    else if (answer === undefined && request.method === 'GET') html(response);
    else if (answer === undefined) response.writeHead(405, { 'content-type': 'text/plain' }).end('Method Not Allowed');
    else json(response, 200, answer);
  };
}

export type Gateway = { target: ConnectedTarget; received: Received[]; close(): Promise<void> };

export type GatewayOptions = {
  apiKey?: string;
  dryRun?: boolean;
  only?: string[];
  secrets?: SecretStore;
  deps?: ConnectDeps;
};

/** Starts a server and connects to it; when connecting fails the server is gone too. */
export async function connectGateway(handler: Handler, options: GatewayOptions = {}): Promise<Gateway> {
  const server = await serve(handler);
  try {
    const target = await connectTarget(
      {
        bifrostUrl: server.url,
        bifrostApiKey: options.apiKey === undefined ? null : new Secret(options.apiKey),
        allowInsecureHttp: false,
        dryRun: options.dryRun ?? false,
        concurrency: 4,
        only: options.only ?? null,
      },
      options.secrets ?? { reveal: () => '' },
      { sleep: async () => undefined, random: () => 0, ...options.deps },
    );
    const close = async () => {
      await target.close();
      await server.close();
    };
    return { target, received: server.received, close };
  } catch (error) {
    await server.close();
    throw error;
  }
}
