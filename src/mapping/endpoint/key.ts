import { finding } from '../../findings.js';
import { isSecretRef, type SecretRef } from '../../secret.js';
import type { Param, Params } from '../../sources/records.js';
import { hostOf } from '../base-url.js';
import { credentialValue, implicitVariable, isSet, keyMaterial, type Problem } from '../credentials.js';
import { failed, planned, refused, type Build, type EndpointResult, type PlannedProvider } from './plan.js';

/** The endpoint of a provider whose credential is one text: a header, `api_key`, or the provider's variable (M3). */
export function withKey(
  provider: PlannedProvider,
  variables: readonly string[],
  build: Build,
  providerLabel: string,
): EndpointResult {
  const host = provider.baseUrl === null ? '' : hostOf(provider.baseUrl);
  const header = authorization(build.params);
  if (header !== null) return withHeader(provider, header, host, build);
  const given = build.params['api_key'];
  if (!isSet(given)) {
    const implicit = implicitVariable(variables, providerLabel);
    if (implicit === null) return planned({ ...provider, keyless: true }, null, build);
    return planned(provider, keyMaterial(implicit.value, {}, variables[0] ?? host, implicit.findings), build);
  }
  const value = credentialValue(given, 'api_key');
  if (!value.ok) return refused(value.problem, build);
  const label = value.reference ?? build.credential ?? (host || 'key');
  return planned(provider, keyMaterial(value.value, {}, label, []), build);
}

function withHeader(provider: PlannedProvider, header: SecretRef, host: string, build: Build): EndpointResult {
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
  return planned(provider, keyMaterial(header, {}, host || 'authorization header', []), build);
}

/** The Authorization header of a deployment, which replaces its key upstream (M16, P§2.13). */
export function authorization(params: Params): SecretRef | null {
  for (const member of ['extra_headers', 'headers']) {
    const headers = params[member];
    if (typeof headers !== 'object' || headers === null || isSecretRef(headers) || Array.isArray(headers)) continue;
    for (const [name, value] of Object.entries(headers as { readonly [name: string]: Param })) {
      if (name.toLowerCase() === 'authorization' && isSecretRef(value)) return value;
    }
  }
  return null;
}

/** Reads the members of a structured credential; keeps the first problem. */
export class Members {
  problem: Problem | null = null;

  constructor(private readonly params: Params) {}

  /** The first of these that is set, as Bifrost takes it. */
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
