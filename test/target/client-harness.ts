import { afterEach } from 'vitest';
import { Secret, type SecretStore } from '../../src/secret.js';
import { parseAddress } from '../../src/target/address.js';
import { createClient, type Client } from '../../src/target/client.js';
import { parseCredentials } from '../../src/target/credentials.js';
import { TIMEOUTS } from '../../src/target/timeouts.js';
import { openTransport } from '../../src/target/transport.js';
import { serve, type Handler } from './server.js';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Closed when the test is over. */
export function closing(close: () => Promise<void>): void {
  closers.push(close);
}

type Setup = { apiKey?: string; readOnly?: boolean; timeoutMs?: number; secrets?: SecretStore };

export async function connectTo(handler: Handler, setup: Setup = {}) {
  const server = await serve(handler);
  closers.push(() => server.close());
  return { ...clientFor(server.url, setup), received: server.received };
}

export function clientFor(
  url: string,
  { apiKey, readOnly = false, timeoutMs, secrets }: Setup,
): { client: Client; slept: number[] } {
  const slept: number[] = [];
  const write = Object.fromEntries(
    Object.keys(TIMEOUTS.write).map((kind) => [kind, timeoutMs ?? 5000]),
  ) as typeof TIMEOUTS.write;
  const client = createClient({
    transport: openTransport(parseAddress(url, false), 4),
    credentials: parseCredentials(apiKey === undefined ? null : new Secret(apiKey)),
    secrets: secrets ?? { reveal: () => '' },
    readOnly,
    timeouts: { read: timeoutMs ?? 5000, list: timeoutMs ?? 5000, write },
    now: Date.now,
    random: () => 0.5,
    sleep: async (ms) => void slept.push(ms),
  });
  closers.push(() => client.close());
  return { client, slept };
}

export const POST = { method: 'POST', path: '/api/governance/teams', body: { name: 'T' } } as const;
