import type { Body, ObjectKind, ObjectOf, TargetObject } from './objects.js';

/** What this gateway can do: probed once with reads, never taken from the version string (contracts B§1.5). */
export type Capabilities = {
  /** As /api/version says; for people only. */
  readonly version: string | null;
  readonly usersApi: 'canonical' | 'legacy' | 'none';
  /** Team membership endpoints exist (Enterprise). */
  readonly teamMembers: boolean;
  /** Model configs know `scope` (≥ 1.5.9). */
  readonly scopedModelConfigs: boolean;
  /** Alias values may be objects (≥ 1.5.12). */
  readonly objectAliases: boolean;
  /** azure_key_config takes api_version (≤ 1.5.2). */
  readonly azureApiVersion: boolean;
  /** Customer names are unique on the gateway (≥ 1.5.12); before, a repeated POST makes a second one. */
  readonly uniqueCustomerNames: boolean;
  /** allow_private_network exists and private base URLs are refused without it (≥ 1.5.9). */
  readonly checksBaseUrls: boolean;
  /** VK PUT without owner members clears the owner (≤ 1.5.5): always resend it. */
  readonly putClearsOmittedOwner: boolean;
  /** Bare unknown names fall to wildcard providers (seen on 1.5.16; contracts P§2.8). */
  readonly bareNamesReachWildcards: boolean;
  /** VKs know expires_at (2.x). */
  readonly virtualKeyExpiry: boolean;
  /** Providers that are built in, as far as known: what the gateway lists, plus the table of contracts B§3.3. A hint. */
  readonly standardProviders: ReadonlySet<string>;
  /** Inference without a virtual key is refused (client_config.enforce_auth_on_inference). */
  readonly inferenceNeedsVirtualKey: boolean;
  /** The management API asks for credentials. */
  readonly authEnabled: boolean;
  /**
   * When the gateway's process started, as its metrics say; null when they do not. Its environment variables cannot change
   * before this does, so a key refused for an unset variable is not sent again until then.
   */
  readonly processStart: string | null;
};

export type WriteRequest = {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body: Body | null;
};

/** What came back from one write, before anybody judges it. */
export type SendResult =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly retryAfterMs: number | null;
      /** Parsed JSON, or undefined when the body was not JSON, was truncated, or was HTML. */
      readonly json: unknown;
      /** Short text for messages; secrets removed. */
      readonly text: string;
      readonly durationMs: number;
    }
  | {
      readonly kind: 'transport';
      /** false only when it is certain that no byte of the request left (connection refused, DNS). */
      readonly mayHaveArrived: boolean;
      readonly error: string;
      readonly durationMs: number;
    };

/** Everything on the gateway, read once before writing. Later writes of this run are added by the engine. */
export interface Snapshot {
  /** Objects of exactly this natural name; several only where the gateway allows duplicates. */
  find<K extends ObjectKind>(kind: K, name: string): readonly ObjectOf<K>[];
  byId<K extends ObjectKind>(kind: K, id: string): ObjectOf<K> | undefined;
  all<K extends ObjectKind>(kind: K): readonly ObjectOf<K>[];
  count(kind: ObjectKind): number;
  put(object: TargetObject): void;
  remove(kind: ObjectKind, id: string): void;
}

/** Where an object of this kind is looked for: members need the team, keys the provider. */
export type FindHint = { readonly provider?: string; readonly teamId?: string };

/** Requests since the target was connected; a login counts as a read. */
export type RequestCounts = { readonly reads: number; readonly writes: number };

export interface Target {
  /** Base URL without credentials: binds a journal to its ends. */
  readonly identity: string;
  readonly capabilities: Capabilities;
  snapshot(): Promise<Snapshot>;
  /** A fresh read, for settling doubt: every object of exactly this natural name. */
  find<K extends ObjectKind>(kind: K, name: string, hint?: FindHint): Promise<readonly ObjectOf<K>[]>;
  /** A fresh read by id; undefined = certainly not there. */
  get<K extends ObjectKind>(kind: K, id: string, hint?: FindHint): Promise<ObjectOf<K> | undefined>;
  /** Sends once; never retries, never throws for what the network or the gateway does. */
  send(kind: ObjectKind, request: WriteRequest): Promise<SendResult>;
  /** The object in a successful answer to a write of this kind; undefined when the expected member is missing. */
  parse<K extends ObjectKind>(kind: K, json: unknown, hint?: FindHint): ObjectOf<K> | undefined;
  close(): Promise<void>;
}
