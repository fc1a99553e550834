import { finding, type Finding } from '../../findings.js';
import type { Param, Params } from '../../sources/records.js';
import { hostKind } from '../base-url.js';
import { credentialValue, isSet, variableOf, type Problem } from '../credentials.js';
import { BASE_VARIABLES } from '../providers.js';
import { failed, skipped, type Build, type EndpointResult, type EndpointRules } from './plan.js';

export type Base =
  | { readonly ok: true; readonly url: string | null }
  | { readonly ok: false; readonly outcome: 'skipped' | 'failed'; readonly problem: Problem };

/** `api_base`, a reference resolved here (M12); null when the deployment has none. */
export function apiBase(
  slug: string,
  params: Params,
  environment: EndpointRules['environment'],
  findings: Finding[],
): Base {
  const value = isSet(params['api_base']) ? params['api_base'] : params['base_url'];
  if (!isSet(value)) return fromVariable(slug, environment, findings);
  const variable = variableOf(value);
  if (variable !== null) {
    const url = environment(variable);
    if (url) return checked(url);
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
  return typeof value === 'string' ? checked(value) : { ok: false, outcome: 'failed', problem: hidden(value) };
}

/** Where LiteLLM has no default, its environment may say where the provider is (L§7.2). */
function fromVariable(slug: string, environment: EndpointRules['environment'], findings: Finding[]): Base {
  const variable = (BASE_VARIABLES[slug] ?? []).find((name) => environment(name));
  const url = variable === undefined ? undefined : environment(variable);
  if (variable === undefined || !url) return { ok: true, url: null };
  findings.push(
    finding(
      'change',
      'implicit_env_base',
      'api_base',
      `no api_base is set: LiteLLM uses ${variable}; the address it has here is taken, ${variable} means nothing to Bifrost`,
    ),
  );
  return checked(url);
}

function hidden(value: Exclude<Param, null>): Problem {
  const read = credentialValue(value, 'api_base');
  if (!read.ok) return read.problem;
  return {
    reason: 'secret_in_base_url',
    message: 'api_base carries a credential',
    nextStep: 'Create this provider on Bifrost by hand.',
  };
}

function checked(url: string): Base {
  if (hostKind(url) !== 'invalid') return { ok: true, url };
  return {
    ok: false,
    outcome: 'failed',
    problem: {
      reason: 'base_url_invalid',
      message: `api_base "${url}" is not an http(s) URL`,
      nextStep: 'Correct api_base in LiteLLM.',
    },
  };
}

/** A query would come before the path on both sides: neither LiteLLM nor Bifrost could call it (B§3.7). */
export function hasQuery(url: string): boolean {
  const { search, hash } = new URL(url);
  return search !== '' || hash !== '';
}

export function refuseQuery(build: Build): EndpointResult {
  return failed(
    {
      reason: 'base_url_invalid',
      message: 'api_base has a query, which would stand before the path of every call',
      nextStep: 'Give an api_base without a query, and the parameter as a header or in the path.',
    },
    build.findings,
  );
}

export function needsBase(build: Build): EndpointResult {
  const [variable] = BASE_VARIABLES[build.slug] ?? [];
  return skipped(
    'base_url_missing',
    `${build.slug} needs an api_base, and the deployment has none${variable === undefined ? '' : ` (${variable} is not set here)`}`,
    variable === undefined
      ? 'Set api_base on the deployment.'
      : `Set api_base on the deployment, or export ${variable} in the environment of this program.`,
    build.findings,
  );
}
