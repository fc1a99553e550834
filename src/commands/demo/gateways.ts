import { join } from 'node:path';
import { spawnBifrostSandbox } from '../../sandbox/process.js';
import { spawnLitellmSandbox } from '../../sandbox/litellm/process.js';
import { isObject } from '../../json.js';
import { startDatabase } from './database.js';

export type Gateways = {
  /** What a caller of `migrate` has to know, as environment variables. */
  readonly env: { readonly [name: string]: string };
  readonly bifrostUrl: string;
  /** A second, empty gateway for comparison. */
  readonly referenceUrl: string;
  readonly database: boolean;
  stop(): Promise<void>;
};

/** Slow enough to be killed halfway, fast enough to be watched. */
const LATENCY_MS = 15;

/** Values of the references in the sandbox's world; invented like everything in it. */
const BIFROST_ENV = Object.fromEntries(
  [
    'OPENAI_API_KEY',
    'OPENAI_DB_KEY',
    'ANTHROPIC_API_KEY',
    'AZURE_API_KEY',
    'GROQ_API_KEY',
    'DEEPSEEK_API_KEY',
    'MISTRAL_API_KEY',
    'BEDROCK_ACCESS_KEY_ID',
    'BEDROCK_SECRET_ACCESS_KEY',
  ].map((name) => [name, `demo-${name.toLowerCase().replaceAll('_', '-')}`]),
);

/** Two gateways as processes of their own on loopback, and a PostgreSQL where one is installed. */
export async function startGateways(folder: string): Promise<Gateways> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const database = await startDatabase(folder);
    if (database !== null) stops.push(() => database.stop());
    const litellm = await spawnLitellmSandbox({
      version: '1.109.1',
      configDir: folder,
      ...(database === null ? {} : { databaseUrl: database.url }),
    });
    stops.push(() => litellm.stop());
    const bifrost = await spawnBifrostSandbox({ personality: '1.5.16', latencyMs: LATENCY_MS, env: BIFROST_ENV });
    stops.push(() => bifrost.stop());
    const reference = await spawnBifrostSandbox({ personality: '1.5.16', env: BIFROST_ENV });
    stops.push(() => reference.stop());
    return {
      bifrostUrl: bifrost.url,
      referenceUrl: reference.url,
      database: database !== null,
      stop,
      env: {
        LITELLM_URL: litellm.url,
        LITELLM_MASTER_KEY: litellm.masterKey,
        LITELLM_SALT_KEY: litellm.saltKey,
        LITELLM_CONFIG: join(folder, 'config.yaml'),
        BIFROST_URL: bifrost.url,
        ...(database === null ? {} : { LITELLM_DB_URL: database.url }),
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Requests since its start that could have changed the gateway. */
export async function writesAt(url: string): Promise<number> {
  const stats: unknown = await (await fetch(`${url}/__sandbox/stats`)).json();
  if (!isObject(stats) || typeof stats['writes'] !== 'number')
    throw new Error(`the sandbox at ${url} tells no count of writes`);
  return stats['writes'];
}
