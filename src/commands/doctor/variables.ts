import type { Environment, Settings } from '../../config.js';
import { planEndpoint, type EndpointRules } from '../../mapping/endpoint.js';
import { effectiveParams, isSet, variableOf } from '../../mapping/credentials.js';
import { KNOWN_STANDARD_PROVIDERS } from '../../mapping/providers.js';
import type { Capabilities } from '../../target/target.js';
import { credentialFiles } from '../credential-files.js';
import { ok, several, skipAll, warn, type Found } from './check.js';
import { FINGERPRINT, type ModelFacts } from './models.js';

/** Which variables a migration needs: read here (base URLs, files), or by Bifrost when it calls a provider (keys). */
export function* examineVariables(
  models: ModelFacts | null,
  settings: Settings,
  env: Environment,
  capabilities: Capabilities | null,
): Generator<Found, void> {
  if (models === null) {
    yield* skipAll(['variables_here', 'variables_of_bifrost'], 'the deployments are not known');
    return;
  }
  const needs = collect(models, settings, env, capabilities ?? NEWEST);
  yield here(needs, env);
  yield ofBifrost(needs, env);
}

type Needs = {
  /** Variable → deployments whose base URL it holds. */
  readonly bases: Map<string, string[]>;
  /** Deployments without a base URL, which LiteLLM may take from its own environment; and what to do about each. */
  readonly withoutBase: { readonly name: string; readonly next: string }[];
  readonly missingFiles: Set<string>;
  /** Variable → deployments whose key on Bifrost refers to it. */
  readonly keys: Map<string, string[]>;
  /** Deployments whose credentials cannot be read. */
  readonly hidden: string[];
};

function collect(models: ModelFacts, settings: Settings, env: Environment, capabilities: Capabilities): Needs {
  const needs: Needs = { bases: new Map(), withoutBase: [], missingFiles: new Set(), keys: new Map(), hidden: [] };
  const files = credentialFiles(FINGERPRINT, models.vault);
  const rules: EndpointRules = {
    credentials: models.credentials,
    capabilities,
    defaultProvider: settings.defaultProvider,
    allowPrivateNetwork: settings.allowPrivateNetwork,
    environment: (name) => env[name],
    credentialFile: (path) => {
      const file = files.credentialFile(path);
      if (file === undefined) needs.missingFiles.add(path);
      return file;
    },
    namePrefixes: new Set(),
  };
  for (const deployment of models.deployments) {
    const { params } = effectiveParams(deployment, models.credentials);
    const base = variableOf(isSet(params['api_base']) ? params['api_base'] : params['base_url']);
    if (base !== null) add(needs.bases, base, deployment.name);
    const result = planEndpoint(deployment, rules);
    if (!result.ok && result.problem.reason === 'base_url_missing')
      needs.withoutBase.push({ name: deployment.name, next: result.problem.nextStep.replace(/\.$/, '') });
    if (!result.ok && HIDDEN.includes(result.problem.reason)) needs.hidden.push(deployment.name);
    const key = result.ok ? result.endpoint.key : null;
    for (const variable of new Set(referencesIn([key?.value, key?.config]))) add(needs.keys, variable, deployment.name);
  }
  return needs;
}

/** Reasons of endpoints whose credential does not show (M4, M5). */
const HIDDEN: readonly string[] = ['needs_database', 'undecryptable', 'masked_value'];

function add(into: Map<string, string[]>, variable: string, deployment: string): void {
  const known = into.get(variable);
  if (known === undefined) into.set(variable, [deployment]);
  else known.push(deployment);
}

/** `env.NAME`, as a request to Bifrost says it (B§4.4). A SecretRef is an object whose texts never begin so. */
function referencesIn(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith('env.') ? [value.slice('env.'.length)] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(referencesIn) : [];
}

function here({ bases, withoutBase, missingFiles }: Needs, env: Environment): Found {
  const unset = [...bases.keys()].filter((name) => !env[name]);
  const problems = [
    ...(unset.length > 0
      ? [
          `${unset.join(', ')} not set, so these are skipped: ${several(unset.flatMap((name) => bases.get(name) ?? []))}`,
        ]
      : []),
    ...(withoutBase.length > 0
      ? [
          `no api_base, which LiteLLM may take from its own environment: ${several(withoutBase.map(({ name }) => name))}`,
        ]
      : []),
    ...(missingFiles.size > 0 ? [`no such credentials file here: ${several([...missingFiles])}`] : []),
  ];
  const listed = bases.size === 0 ? 'no base URL refers to a variable' : `base URLs refer to ${withState(bases, env)}`;
  if (problems.length === 0) return ok('variables_here', listed);
  const steps = [
    ...(unset.length > 0 ? [`export ${unset.map((name) => `${name}=…`).join(' ')}`] : []),
    ...new Set(withoutBase.map(({ next }) => next)),
    ...(missingFiles.size > 0 ? ['copy the files to the same path on this machine'] : []),
  ];
  return warn('variables_here', [listed, ...problems].join('; '), steps.join('; '));
}

function ofBifrost({ keys, hidden }: Needs, env: Environment): Found {
  const more = hidden.length === 0 ? '' : `; the keys of ${hidden.length} more cannot be read: ${several(hidden)}`;
  if (keys.size === 0) return ok('variables_of_bifrost', `none: no provider key refers to a variable${more}`);
  return warn(
    'variables_of_bifrost',
    `provider keys refer to ${withState(keys, env)}${more}; what Bifrost's own environment holds cannot be seen from here`,
    'set them where Bifrost runs and restart it: a key whose variable is not set there is refused',
  );
}

function withState(variables: ReadonlyMap<string, readonly string[]>, env: Environment): string {
  return [...variables]
    .map(([name, { length }]) => `${name} (${length} deployment(s), ${env[name] ? 'set' : 'not set'} on this machine)`)
    .sort()
    .join(', ');
}

/** Without a gateway to ask; which variables are referred to hardly depends on it. */
const NEWEST: Capabilities = {
  version: null,
  usersApi: 'none',
  teamMembers: false,
  scopedModelConfigs: true,
  objectAliases: true,
  azureApiVersion: false,
  uniqueCustomerNames: true,
  checksBaseUrls: true,
  putClearsOmittedOwner: false,
  bareNamesReachWildcards: true,
  virtualKeyExpiry: false,
  standardProviders: new Set(KNOWN_STANDARD_PROVIDERS),
  inferenceNeedsVirtualKey: false,
  authEnabled: false,
  processStart: null,
};
