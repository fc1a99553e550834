import { finding, type Finding } from '../findings.js';
import { isSecretRef, type SecretRef } from '../secret.js';
import type { Deployment, NamedCredential, Param, Params } from '../sources/records.js';
import type { Body, BodyValue } from '../target/objects.js';
import type { Capabilities } from '../target/target.js';
import { bifrostBase, customProviderName, hostKind, hostOf, sameBase } from './base-url.js';
import {
  credentialValue,
  effectiveParams,
  implicitVariable,
  isSet,
  keyMaterial,
  variableOf,
  type KeyMaterial,
  type Problem,
} from './credentials.js';
import { SLUGS, slugOfBareModel, type Slug, type Structured, type Wire } from './providers.js';

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

export type EndpointResult =
  | { readonly ok: true; readonly endpoint: Endpoint }
  | {
      readonly ok: false;
      readonly outcome: 'skipped' | 'failed';
      readonly problem: Problem;
      readonly findings: readonly Finding[];
    };

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

/** Params a rule reads; every other one that is set becomes a finding (M21). */
const READ = new Set([
  'model', 'custom_llm_provider', 'api_key', 'api_base', 'base_url', 'api_version', 'litellm_credential_name',
  'tpm', 'rpm', 'weight', 'max_budget', 'budget_duration', 'input_cost_per_token', 'output_cost_per_token',
  'tenant_id', 'client_id', 'client_secret', 'azure_ad_token', 'aws_access_key_id', 'aws_secret_access_key',
  'aws_session_token', 'aws_region_name', 'aws_session_name', 'aws_role_name', 'aws_external_id', 'region_name',
  'vertex_project', 'vertex_ai_project', 'vertex_location', 'vertex_ai_location', 'vertex_credentials',
  'vertex_ai_credentials', 'extra_headers', 'headers', 'tags', 'order',
]); // prettier-ignore

const skipped = (
  reason: string,
  message: string,
  nextStep: string,
  findings: readonly Finding[] = [],
): EndpointResult => ({
  ok: false,
  outcome: 'skipped',
  problem: { reason, message, nextStep },
  findings,
});
const failed = (problem: Problem, findings: readonly Finding[] = []): EndpointResult => ({
  ok: false,
  outcome: 'failed',
  problem,
  findings,
});

/** Plans one deployment. Pure: whatever it needs from outside stands in `rules`. */
export function planEndpoint(deployment: Deployment, rules: EndpointRules): EndpointResult {
  const { params, credential } = effectiveParams(deployment, rules.credentials);
  const findings = notCarried(deployment, params);

  const model = params['model'];
  if (typeof model !== 'string' || model === '') {
    const problem = isSet(model) ? credentialValue(model, 'model') : null;
    if (problem && !problem.ok) return failed(problem.problem, findings);
    return failed(
      {
        reason: 'no_model',
        message: 'the deployment names no model',
        nextStep: 'Set litellm_params.model in LiteLLM.',
      },
      findings,
    );
  }
  const slugged = splitSlug(model, params, rules.defaultProvider);
  const slug: Slug | undefined = SLUGS[slugged.slug];

  const base = apiBase(params, rules.environment);
  if (!base.ok)
    return base.outcome === 'failed'
      ? failed(base.problem, findings)
      : skipped(base.problem.reason, base.problem.message, base.problem.nextStep, findings);
  if (slugged.slug === '*' || /\*/.test(slugged.slug)) {
    return skipped(
      'provider_glob',
      `"${model}" stands for every provider at once`,
      'Add the providers it stands for as deployments of their own.',
      findings,
    );
  }
  if (slug?.kind === 'unsupported') {
    return skipped(
      'unsupported_provider',
      `Bifrost cannot call ${slugged.slug}: ${slug.why}`,
      'Keep this model on LiteLLM, or reach it through an OpenAI-compatible endpoint.',
      findings,
    );
  }
  const context: Build = { ...slugged, params, credential, apiBase: base.url, rules, findings, deployment };
  if (slug?.kind === 'structured') return structuredEndpoint(slug, context);
  if (slug?.kind === 'standard') return plainEndpoint(slug, context);
  if (slug?.kind === 'compatible') return compatibleEndpoint(slug, context);
  if (base.url === null) {
    return skipped(
      'unknown_provider',
      `"${slugged.slug}" is not a provider this program knows, and no api_base says where it is`,
      'Set api_base on the deployment, or create the provider on Bifrost by hand.',
      findings,
    );
  }
  findings.push(
    finding(
      'change',
      'assumed_openai_compatible',
      'model',
      `"${slugged.slug}" is unknown; its api_base is taken to be OpenAI-compatible`,
    ),
  );
  return compatibleEndpoint({ kind: 'compatible', base: null, keyVariables: [], keyOptional: true }, context);
}

type Build = {
  readonly slug: string;
  readonly upstream: string;
  readonly params: Params;
  readonly credential: string | null;
  readonly apiBase: string | null;
  readonly rules: EndpointRules;
  readonly findings: Finding[];
  readonly deployment: Deployment;
};

/** Provider slug and upstream id of a `model` string (M6, M7). */
export function splitSlug(model: string, params: Params, defaultProvider: string): { slug: string; upstream: string } {
  const custom = params['custom_llm_provider'];
  const slash = model.indexOf('/');
  const head = slash > 0 ? model.slice(0, slash) : '';
  const bare = (slug: string): string => (slash > 0 && head === slug ? model.slice(slash + 1) : model);
  if (typeof custom === 'string' && custom !== '') return { slug: custom, upstream: routed(custom, bare(custom)) };
  if (head !== '' && (head in SLUGS || head === '*'))
    return { slug: head, upstream: routed(head, model.slice(slash + 1)) };
  const inferred = slugOfBareModel(model);
  if (inferred !== undefined) return { slug: inferred, upstream: model };
  // An unknown first segment with an api_base is a provider LiteLLM knows and we do not; without one it is part of the id.
  if (head !== '' && isSet(params['api_base'])) return { slug: head, upstream: model.slice(slash + 1) };
  return { slug: defaultProvider, upstream: model };
}

/** Bedrock routes are LiteLLM's, not AWS's; a leading region is understood by Bifrost and stays (M7, B§4.5). */
function routed(slug: string, upstream: string): string {
  if (!slug.startsWith('bedrock')) return upstream.replace(/^responses\//, '');
  let rest = upstream;
  while (/^(bedrock|converse|converse_like|invoke)\//.test(rest)) rest = rest.slice(rest.indexOf('/') + 1);
  return rest;
}

type Base = { ok: true; url: string | null } | { ok: false; outcome: 'skipped' | 'failed'; problem: Problem };

function apiBase(params: Params, environment: EndpointRules['environment']): Base {
  const value = isSet(params['api_base']) ? params['api_base'] : params['base_url'];
  if (!isSet(value)) return { ok: true, url: null };
  const variable = variableOf(value);
  if (variable !== null) {
    const url = environment(variable);
    if (url) return { ok: true, url };
    return {
      ok: false,
      outcome: 'skipped',
      problem: {
        reason: 'base_url_unset',
        message: `api_base refers to ${variable}, which is not set here; Bifrost takes no reference in a base URL`,
        nextStep: `Export ${variable} in the environment of this program and run again.`,
      },
    };
  }
  if (typeof value !== 'string') {
    const checked = credentialValue(value, 'api_base');
    const problem = checked.ok
      ? {
          reason: 'secret_in_base_url',
          message: 'api_base carries a credential',
          nextStep: 'Create this provider on Bifrost by hand.',
        }
      : checked.problem;
    return { ok: false, outcome: 'failed', problem };
  }
  if (hostKind(value) === 'invalid') {
    return {
      ok: false,
      outcome: 'failed',
      problem: {
        reason: 'base_url_invalid',
        message: `api_base "${value}" is not an http(s) URL`,
        nextStep: 'Correct api_base in LiteLLM.',
      },
    };
  }
  return { ok: true, url: value };
}

function plainEndpoint(slug: Extract<Slug, { kind: 'standard' }>, build: Build): EndpointResult {
  const { apiBase: url, rules } = build;
  const isStandard = rules.capabilities.standardProviders.has(slug.name);
  const ownBase = url !== null && !(slug.defaultBase !== null && sameBase(url, slug.defaultBase));
  if (!ownBase && isStandard && (slug.defaultBase !== null || url === null)) {
    if (slug.defaultBase === null) return needsBase(build);
    return withKey(standardProvider(slug.name), slug.keyVariables, build, slug.name);
  }
  const base = url ?? slug.defaultBase;
  if (base === null) return needsBase(build);
  return withKey(
    customProvider(customProviderName(slug.name, base), slug.wire, base, build),
    slug.keyVariables,
    build,
    slug.name,
  );
}

function compatibleEndpoint(slug: Extract<Slug, { kind: 'compatible' }>, build: Build): EndpointResult {
  const { apiBase: url, rules } = build;
  // A gateway that has the provider built in needs no custom one (M10).
  if (url === null && rules.capabilities.standardProviders.has(build.slug)) {
    return withKey(standardProvider(build.slug), slug.keyVariables, build, build.slug);
  }
  const base = url ?? slug.base;
  if (base === null) return needsBase(build);
  const slugNameIsFree =
    url === null && !rules.namePrefixes.has(build.slug) && !rules.capabilities.standardProviders.has(build.slug);
  const name = slugNameIsFree ? build.slug : customProviderName(build.slug, base);
  const provider = customProvider(name, 'openai', base, build);
  const noKey = !isSet(build.params['api_key']) && authorization(build.params) === null;
  if (noKey && slug.keyOptional) {
    return { ok: true, endpoint: endpoint({ ...provider, keyless: true }, null, build, null) };
  }
  return withKey(provider, slug.keyVariables, build, build.slug);
}

function needsBase(build: Build): EndpointResult {
  return skipped(
    'base_url_missing',
    `${build.slug} needs an api_base, and the deployment has none`,
    'Set api_base on the deployment.',
    build.findings,
  );
}

function standardProvider(name: string): PlannedProvider {
  return {
    name,
    baseType: null,
    baseUrl: null,
    paths: {},
    keyless: false,
    listModels: true,
    allowPrivateNetwork: false,
    hostKind: null,
  };
}

function customProvider(name: string, wire: Wire, apiBaseUrl: string, build: Build): PlannedProvider {
  const { baseUrl, paths } = bifrostBase(apiBaseUrl, wire);
  const kind = hostKind(apiBaseUrl);
  if (kind === 'loopback') {
    build.findings.push(
      finding(
        'change',
        'loopback_base_url',
        'api_base',
        `${hostOf(apiBaseUrl)} is loopback: on Bifrost that is Bifrost's own machine`,
      ),
    );
  }
  return {
    name,
    baseType: wire,
    baseUrl,
    paths,
    keyless: false,
    listModels: true,
    allowPrivateNetwork: privateAllowed(kind, build),
    hostKind: kind,
  };
}

/** M13: asked for, or the operator already uses a literal private address. */
function privateAllowed(kind: ReturnType<typeof hostKind>, build: Build): boolean {
  return build.rules.capabilities.checksBaseUrls && (build.rules.allowPrivateNetwork || kind === 'private');
}

function withKey(
  provider: PlannedProvider,
  variables: readonly string[],
  build: Build,
  providerLabel: string,
): EndpointResult {
  const host = provider.baseUrl === null ? '' : hostOf(provider.baseUrl);
  const header = authorization(build.params);
  if (header !== null) {
    if (header.scheme !== 'Bearer') {
      return failed(
        {
          reason: 'authorization_header',
          message: 'extra_headers.Authorization is not a Bearer token, which a Bifrost key cannot say',
          nextStep: 'Create this provider on Bifrost by hand, keyless and with the header.',
        },
        build.findings,
      );
    }
    build.findings.push(
      finding(
        'change',
        'authorization_header_is_key',
        'extra_headers.Authorization',
        'the Bearer token of this header replaces the key upstream, so it is the value of the key',
      ),
    );
    return {
      ok: true,
      endpoint: endpoint(provider, keyMaterial(header, {}, host || 'authorization header', []), build, null),
    };
  }
  const given = build.params['api_key'];
  if (!isSet(given)) {
    const implicit = implicitVariable(variables, providerLabel);
    if (implicit === null) {
      return { ok: true, endpoint: endpoint({ ...provider, keyless: true }, null, build, null) };
    }
    return {
      ok: true,
      endpoint: endpoint(
        provider,
        keyMaterial(implicit.value, {}, variables[0] ?? host, implicit.findings),
        build,
        null,
      ),
    };
  }
  const value = credentialValue(given, 'api_key');
  if (!value.ok) return refused(value.problem, build);
  const label = value.reference ?? build.credential ?? (host || 'key');
  return { ok: true, endpoint: endpoint(provider, keyMaterial(value.value, {}, label, []), build, null) };
}

function refused(problem: Problem, build: Build): EndpointResult {
  return problem.reason === 'needs_database'
    ? skipped(problem.reason, problem.message, problem.nextStep, build.findings)
    : failed(problem, build.findings);
}

function endpoint(
  provider: PlannedProvider,
  key: KeyMaterial | null,
  build: Build,
  structured: Structured | null,
): Endpoint {
  return {
    provider,
    key,
    upstream: build.upstream,
    slug: build.slug,
    structured,
    findings: [...build.findings, ...(key?.findings ?? [])],
  };
}

/** The Authorization header of a deployment, which replaces its key upstream (M16, P§2.13). */
function authorization(params: Params): SecretRef | null {
  for (const member of ['extra_headers', 'headers']) {
    const headers = params[member];
    if (typeof headers !== 'object' || headers === null || isSecretRef(headers) || Array.isArray(headers)) continue;
    for (const [name, value] of Object.entries(headers as { readonly [name: string]: Param })) {
      if (name.toLowerCase() === 'authorization' && isSecretRef(value)) return value;
    }
  }
  return null;
}

/** Reads one member of a structured credential; collects the first problem. */
class Members {
  problem: Problem | null = null;

  constructor(private readonly params: Params) {}

  take(...names: readonly string[]): string | SecretRef | null {
    for (const name of names) {
      const value = this.params[name];
      if (!isSet(value)) continue;
      const checked = credentialValue(value, name);
      if (checked.ok) return checked.value;
      this.problem ??= checked.problem;
      return null;
    }
    return null;
  }
}

function structuredEndpoint(slug: Extract<Slug, { kind: 'structured' }>, build: Build): EndpointResult {
  switch (slug.name) {
    case 'azure':
      return azureEndpoint(slug.keyVariables, build);
    case 'bedrock':
      return bedrockEndpoint(build);
    case 'vertex':
      return vertexEndpoint(build);
    default:
      return serverEndpoint(slug.name, slug.keyVariables, build);
  }
}

function structuredResult(
  name: Structured,
  provider: PlannedProvider,
  key: KeyMaterial,
  members: Members,
  build: Build,
): EndpointResult {
  if (members.problem) return refused(members.problem, build);
  return { ok: true, endpoint: endpoint(provider, key, build, name) };
}

function azureEndpoint(variables: readonly string[], build: Build): EndpointResult {
  const members = new Members(build.params);
  if (build.apiBase === null) return needsBase(build);
  const url = new URL(build.apiBase);
  const resource = `${url.protocol}//${url.host}${url.pathname.replace(/\/openai(\/.*)?$/, '').replace(/\/+$/, '')}`;
  if (build.slug === 'azure_ai' && !/\.openai\.azure\.com$/i.test(url.hostname)) {
    build.findings.push(
      finding(
        'change',
        'azure_ai_endpoint',
        'api_base',
        `${url.host} is not an Azure OpenAI resource; Bifrost calls it in Azure OpenAI's URL shape`,
      ),
    );
  }
  // Without alias objects the deployment id alone picks the wire, and `claude…` means Anthropic's (P§2.10).
  if (!build.rules.capabilities.objectAliases && /claude/i.test(build.upstream)) {
    return skipped(
      'azure_claude_deployment',
      `this Bifrost calls an Azure deployment named "${build.upstream}" in Anthropic's way`,
      'Rename the deployment on Azure, or use a newer Bifrost.',
      build.findings,
    );
  }
  const apiKey = members.take('api_key');
  const principal = {
    client_id: members.take('client_id'),
    client_secret: members.take('client_secret'),
    tenant_id: members.take('tenant_id'),
  };
  const complete = principal.client_id !== null && principal.client_secret !== null && principal.tenant_id !== null;
  const adToken = members.take('azure_ad_token');
  if (adToken !== null) {
    if (apiKey === null && !complete) {
      return skipped(
        'azure_ad_token',
        'its only credential is an Azure AD token, which Bifrost keys cannot hold',
        'Give the deployment an API key or a service principal.',
        build.findings,
      );
    }
    build.findings.push(
      finding(
        'loss',
        'azure_ad_token_not_carried',
        'azure_ad_token',
        'an Azure AD token cannot be carried; the other credential of the deployment is used',
      ),
    );
  }
  const version = members.take('api_version');
  if (version !== null && !build.rules.capabilities.azureApiVersion) {
    build.findings.push(
      finding(
        'change',
        'azure_api_version_not_carried',
        'api_version',
        "this Bifrost calls Azure's v1 API, which takes no api_version",
      ),
    );
  }
  const implicit = apiKey === null && !complete ? implicitVariable(variables, 'azure') : null;
  if (implicit) build.findings.push(...implicit.findings);
  const config: Body = {
    azure_key_config: {
      endpoint: resource,
      ...(complete && principal),
      ...(version !== null && build.rules.capabilities.azureApiVersion && { api_version: version }),
    },
  };
  const label = variableOf(build.params['api_key']) ?? build.credential ?? url.host;
  const provider = {
    ...standardProvider('azure'),
    allowPrivateNetwork: privateAllowed(hostKind(resource), build),
    hostKind: hostKind(resource),
  };
  return structuredResult(
    'azure',
    provider,
    keyMaterial(apiKey ?? implicit?.value ?? '', config, label, []),
    members,
    build,
  );
}

function bedrockEndpoint(build: Build): EndpointResult {
  if (build.apiBase !== null || isSet(build.params['aws_bedrock_runtime_endpoint'])) {
    return skipped(
      'custom_base_not_supported',
      'Bifrost builds Bedrock URLs from the region; an endpoint of its own cannot be set',
      'Use the regional endpoint, or keep this model on LiteLLM.',
      build.findings,
    );
  }
  const members = new Members(build.params);
  const region = members.take('aws_region_name', 'region_name');
  if (region === null) {
    build.findings.push(
      finding(
        'change',
        'region_assumed',
        'aws_region_name',
        'no region is set: LiteLLM uses AWS_REGION or us-west-2; the key says us-west-2',
      ),
    );
  }
  const config: Record<string, BodyValue> = { region: region ?? 'us-west-2' };
  for (const [member, name] of [
    ['access_key', 'aws_access_key_id'],
    ['secret_key', 'aws_secret_access_key'],
    ['session_token', 'aws_session_token'],
    ['role_arn', 'aws_role_name'],
    ['session_name', 'aws_session_name'],
    ['external_id', 'aws_external_id'],
  ] as const) {
    const value = members.take(name);
    if (value !== null) config[member] = value;
  }
  const apiKey = members.take('api_key');
  const role = build.params['aws_role_name'];
  const label =
    variableOf(build.params['aws_access_key_id']) ??
    build.credential ??
    (typeof role === 'string'
      ? (role.split('/').pop() ?? role)
      : typeof config['region'] === 'string'
        ? config['region']
        : 'aws');
  return structuredResult(
    'bedrock',
    standardProvider('bedrock'),
    keyMaterial(apiKey ?? '', { bedrock_key_config: config }, label, []),
    members,
    build,
  );
}

function vertexEndpoint(build: Build): EndpointResult {
  if (build.apiBase !== null) {
    return skipped(
      'custom_base_not_supported',
      'Bifrost builds Vertex URLs from region and project; a base URL of its own cannot be set',
      'Keep this model on LiteLLM.',
      build.findings,
    );
  }
  const members = new Members(build.params);
  const project = members.take('vertex_project', 'vertex_ai_project');
  const region = members.take('vertex_location', 'vertex_ai_location', 'region_name');
  if (region === null) {
    build.findings.push(
      finding(
        'change',
        'region_assumed',
        'vertex_location',
        "no location is set: us-central1, LiteLLM's default, is used",
      ),
    );
  }
  let credentials = members.take('vertex_credentials', 'vertex_ai_credentials');
  if (typeof credentials === 'string' && !credentials.startsWith('env.') && !credentials.trimStart().startsWith('{')) {
    const file = build.rules.credentialFile(credentials);
    if (file === undefined) {
      return failed(
        {
          reason: 'credential_file_missing',
          message: `vertex_credentials is the file ${credentials}, which this machine does not have`,
          nextStep: 'Run this program where the file is, or put its content into LiteLLM.',
        },
        build.findings,
      );
    }
    credentials = file;
  }
  const apiKey = members.take('api_key');
  if (project === null) {
    return failed(
      {
        reason: 'vertex_project_missing',
        message: 'no vertex_project is set, and a Bifrost Vertex key needs one',
        nextStep: 'Set vertex_project on the deployment.',
      },
      build.findings,
    );
  }
  const config: Body = {
    vertex_key_config: { project_id: project, region: region ?? 'us-central1', auth_credentials: credentials ?? '' },
  };
  const label = build.credential ?? (typeof project === 'string' ? project : 'vertex');
  return structuredResult(
    'vertex',
    standardProvider('vertex'),
    keyMaterial(apiKey ?? '', config, label, []),
    members,
    build,
  );
}

/** vllm, ollama and sgl: the server's URL is on the key (M15). */
function serverEndpoint(name: Structured, variables: readonly string[], build: Build): EndpointResult {
  if (build.apiBase === null && name !== 'ollama') return needsBase(build);
  const url = build.apiBase ?? 'http://localhost:11434';
  const { baseUrl, paths } = bifrostBase(url, 'openai');
  // Bifrost calls <url>/v1/…; LiteLLM called the base as it stands. Ollama's own API has /v1 beside it.
  if (name === 'vllm' && Object.keys(paths).length > 0) {
    return withKey(customProvider(customProviderName('vllm', url), 'openai', url, build), variables, build, 'vllm');
  }
  const members = new Members(build.params);
  const header = authorization(build.params);
  const apiKey = header ?? members.take('api_key') ?? '';
  const kind = hostKind(url);
  if (kind === 'loopback') {
    build.findings.push(
      finding(
        'change',
        'loopback_base_url',
        'api_base',
        `${hostOf(url)} is loopback: on Bifrost that is Bifrost's own machine`,
      ),
    );
  }
  const provider = { ...standardProvider(name), allowPrivateNetwork: privateAllowed(kind, build), hostKind: kind };
  const label = variableOf(build.params['api_key']) ?? build.credential ?? hostOf(url);
  return structuredResult(
    name,
    provider,
    keyMaterial(apiKey, { [`${name}_key_config`]: { url: baseUrl } }, label, []),
    members,
    build,
  );
}

/** M21: what no rule reads, by name; values may be secrets and stay out of the sentence. */
function notCarried(deployment: Deployment, params: Params): Finding[] {
  const found: Finding[] = [];
  for (const [name, value] of Object.entries(params)) {
    if (READ.has(name) || !isSet(value) || value === false || (Array.isArray(value) && value.length === 0)) continue;
    found.push(finding('loss', 'param_not_carried', name, `${name} has no place on Bifrost`));
  }
  for (const name of ['tags', 'order'] as const) {
    const value = params[name];
    if (isSet(value) && !(Array.isArray(value) && value.length === 0)) {
      found.push(
        finding('loss', `${name}_not_carried`, name, `${name} steer LiteLLM's router; Bifrost has no such thing`),
      );
    }
  }
  for (const member of ['extra_headers', 'headers']) {
    const headers = params[member];
    if (typeof headers !== 'object' || headers === null || isSecretRef(headers)) continue;
    const names = Object.keys(headers).filter((name) => name.toLowerCase() !== 'authorization');
    if (names.length > 0)
      found.push(finding('loss', 'headers_not_carried', member, `headers not carried: ${names.sort().join(', ')}`));
  }
  if (deployment.blocked)
    found.push(
      finding('change', 'deployment_blocked', 'blocked', 'LiteLLM has blocked this deployment; no virtual key gets it'),
    );
  if (!deployment.served)
    found.push(finding('notice', 'not_served', '', 'the running proxy does not list this deployment'));
  return found;
}
