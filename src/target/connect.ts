import type { Settings } from '../config.js';
import type { SecretStore } from '../secret.js';
import { parseAddress } from './address.js';
import { probeCapabilities } from './capabilities.js';
import { createClient, type Client } from './client.js';
import { parseCredentials } from './credentials.js';
import { differences, type DifferenceOptions } from './difference.js';
import { readElementsOf } from './lists.js';
import { createLookups } from './lookup.js';
import type { Body, Difference, ObjectKind, ObjectOf, TargetObject } from './objects.js';
import { parseAnswer } from './schemas.js';
import { parseVirtualKeyValue, type VirtualKeyValue } from './secret-values.js';
import { readSnapshot } from './snapshot.js';
import type { RequestCounts, Target } from './target.js';
import { TIMEOUTS, type Timeouts } from './timeouts.js';
import { openTransport } from './transport.js';

/** What the outside world gives; everything has a default. */
export type ConnectDeps = {
  readonly now?: () => number;
  readonly random?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly timeouts?: Timeouts;
};

/** A target together with what only this side of it knows. */
export interface ConnectedTarget extends Target {
  readonly requestsSent: RequestCounts;
  /** `differences` with this gateway's abilities and the secrets filled in. */
  differences(kind: ObjectKind, body: Body, actual: TargetObject): readonly Difference[];
  /** See fetchVirtualKeyValues. */
  virtualKeyValues(): AsyncIterable<VirtualKeyValue>;
}

type ConnectSettings = Pick<
  Settings,
  'bifrostUrl' | 'bifrostApiKey' | 'allowInsecureHttp' | 'dryRun' | 'concurrency' | 'only'
>;

/**
 * Reaches the gateway, logs in, and finds out what it can do. `secrets` is asked for a value only while a request is built.
 * With `dryRun` nothing but GETs ever leaves. Throws MigrateError: usage, target_unreachable, target_unauthorized,
 * target_unexpected, target_too_old, target_without_store.
 */
export async function connectTarget(
  settings: ConnectSettings,
  secrets: SecretStore,
  deps: ConnectDeps = {},
): Promise<ConnectedTarget> {
  const address = parseAddress(settings.bifrostUrl, settings.allowInsecureHttp);
  const client = createClient({
    // Two more than writes in flight: the reads that settle doubt must not wait for a key that is being discovered.
    transport: openTransport(address, settings.concurrency + 2),
    credentials: parseCredentials(settings.bifrostApiKey),
    secrets,
    readOnly: settings.dryRun,
    timeouts: deps.timeouts ?? TIMEOUTS,
    now: deps.now ?? Date.now,
    random: deps.random ?? Math.random,
    sleep: deps.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
  });
  try {
    const needsUsers = settings.only === null || settings.only.some((kind) => kind === 'user' || kind === 'membership');
    const capabilities = await probeCapabilities(client, { needsUsers });
    return target(address.identity, client, capabilities, secrets);
  } catch (error) {
    await client.close();
    throw error;
  }
}

function target(
  identity: string,
  client: Client,
  capabilities: Target['capabilities'],
  secrets: SecretStore,
): ConnectedTarget {
  const lookups = createLookups(client, capabilities);
  const options: DifferenceOptions = { secrets, capabilities };
  return {
    identity,
    capabilities,
    get requestsSent() {
      return { ...client.requestsSent };
    },
    snapshot: () => readSnapshot(client, capabilities),
    find: async <K extends ObjectKind>(kind: K, name: string, hint = {}) =>
      (await lookups[kind].find(name, hint)) as readonly ObjectOf<K>[],
    get: async <K extends ObjectKind>(kind: K, id: string, hint = {}) =>
      (await lookups[kind].get(id, hint)) as ObjectOf<K> | undefined,
    send: (kind, request) => client.send(kind, request),
    parse: (kind, json, hint) => parseAnswer(kind, json, hint),
    differences: (kind, body, actual) => differences(kind, body, actual, options),
    virtualKeyValues: () => readElementsOf(client, 'virtual_key', parseVirtualKeyValue),
    close: () => client.close(),
  };
}
