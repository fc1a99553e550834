import type { Settings } from '../../src/config.js';
import { Secret } from '../../src/secret.js';
import { fixture, MASTER_KEY, SALT_KEY } from './replay.js';

/** Settings as a run against the recorded world would have them. */
export function settings(overrides: Partial<Settings> = {}): Settings {
  return {
    litellmUrl: 'http://127.0.0.1:1',
    litellmMasterKey: new Secret(MASTER_KEY),
    litellmConfig: fixture('config.yaml'),
    litellmDbUrl: null,
    litellmSaltKey: new Secret(SALT_KEY),
    bifrostUrl: 'http://127.0.0.1:1',
    bifrostApiKey: null,
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
    routing: true,
    requireOwner: false,
    recreate: false,
    update: false,
    team: null,
    names: null,
    allowPrivateNetwork: false,
    allowInsecureHttp: false,
    rebind: false,
    json: false,
    quiet: false,
    verbose: false,
    yes: false,
    debug: false,
    ...overrides,
  };
}

/** Every invented provider secret of the recorded world, clear text: none may leave the vault. */
export const CANARIES = [
  'sk-upstream-config-',
  'sk-db-openai-INVENTED',
  'azure-INVENTED',
  'inv-client-secret-value',
  'ey-invented-ad-token-123',
  'AKIAINVENTED',
  'inv/Secret2',
  'inv-session-token-1234',
  'INVENTED-PEM',
  'sk-ant-INVENTED',
  'inv-nested-secret',
  'sk-ünï-密钥',
  'sk-db-wild-INVENTED',
  'sk-cred-openai-INVENTED-1',
  'azure-cred-INVENTED-2',
  'inventedSecret/Key+1',
  'sk-team-byok-INVENTED',
  MASTER_KEY,
  SALT_KEY,
];

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Everything a source told, as the journal would see it. */
export function asText(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    member instanceof Map ? [...(member as Map<unknown, unknown>)] : member,
  );
}
