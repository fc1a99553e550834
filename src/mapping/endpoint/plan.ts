import type { Finding } from '../../findings.js';
import type { SecretRef } from '../../secret.js';
import type { Deployment, NamedCredential, Params } from '../../sources/records.js';
import type { Capabilities } from '../../target/target.js';
import type { KeyMaterial, Problem } from '../credentials.js';
import type { Structured, Wire } from '../providers.js';

/** Where a deployment sends its requests, said in Bifrost's words (mapping.md M3–M16). */

export type PlannedProvider = {
  readonly name: string;
  /** null = standard on the gateway. */
  readonly baseType: Wire | null;
  readonly baseUrl: string | null;
  readonly paths: { readonly [requestType: string]: string };
  readonly keyless: boolean;
  readonly listModels: boolean;
  readonly allowPrivateNetwork: boolean;
  /** For messages: the host is loopback, private, … */
  readonly hostKind: 'public' | 'private' | 'loopback' | 'invalid' | null;
};

export type Endpoint = {
  readonly provider: PlannedProvider;
  /** null = keyless provider. */
  readonly key: KeyMaterial | null;
  /** Model id the upstream sees. */
  readonly upstream: string;
  /** LiteLLM's slug, for wildcards and messages. */
  readonly slug: string;
  readonly structured: Structured | null;
  readonly findings: readonly Finding[];
};

export type Refusal = {
  readonly ok: false;
  readonly outcome: 'skipped' | 'failed';
  readonly problem: Problem;
  readonly findings: readonly Finding[];
};

export type EndpointResult = { readonly ok: true; readonly endpoint: Endpoint } | Refusal;

export type EndpointRules = {
  readonly credentials: ReadonlyMap<string, NamedCredential>;
  readonly capabilities: Capabilities;
  readonly defaultProvider: string;
  readonly allowPrivateNetwork: boolean;
  /** The migrator's own environment, for `api_base: os.environ/X` (M12). */
  readonly environment: (name: string) => string | undefined;
  /** A credentials file that exists on this machine (M16 vertex); undefined = not readable. */
  readonly credentialFile: (path: string) => SecretRef | undefined;
  /** First segments of public names: a custom provider of such a name would split them (M10, P§2.15). */
  readonly namePrefixes: ReadonlySet<string>;
};

/** What is known about a deployment when its kind of provider takes over. */
export type Build = {
  readonly slug: string;
  readonly upstream: string;
  readonly params: Params;
  /** Named credential that gave something. */
  readonly credential: string | null;
  readonly apiBase: string | null;
  readonly rules: EndpointRules;
  /** Grows while the endpoint is built. */
  readonly findings: Finding[];
  readonly deployment: Deployment;
};

export function skipped(reason: string, message: string, nextStep: string, findings: readonly Finding[] = []): Refusal {
  return { ok: false, outcome: 'skipped', problem: { reason, message, nextStep }, findings };
}

export function failed(problem: Problem, findings: readonly Finding[] = []): Refusal {
  return { ok: false, outcome: 'failed', problem, findings };
}

/** What only the database can tell is skipped until it is given; everything else fails (M1, M5). */
export function refused(problem: Problem, build: Build): Refusal {
  return problem.reason === 'needs_database'
    ? skipped(problem.reason, problem.message, problem.nextStep, build.findings)
    : failed(problem, build.findings);
}

export function planned(
  provider: PlannedProvider,
  key: KeyMaterial | null,
  build: Build,
  structured: Structured | null = null,
): EndpointResult {
  const findings = [...build.findings, ...(key?.findings ?? [])];
  return { ok: true, endpoint: { provider, key, upstream: build.upstream, slug: build.slug, structured, findings } };
}
