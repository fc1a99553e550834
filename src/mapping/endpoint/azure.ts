import { finding, type Finding } from '../../findings.js';
import type { SecretRef } from '../../secret.js';
import type { Body } from '../../target/objects.js';
import { implicitVariable, isSet, keyMaterial, variableOf } from '../credentials.js';
import { needsBase } from './base.js';
import { Members } from './key.js';
import { planned, refused, skipped, type Build, type EndpointResult, type Refusal } from './plan.js';
import { reached, standardProvider } from './provider.js';

/** Azure: the bare resource URL on the key, and one of its kinds of credential (M16, B§4.5). */
export function azureEndpoint(variables: readonly string[], build: Build): EndpointResult {
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
  const members = new Members(build.params);
  const credential = credentialOf(members, variables, build);
  if ('ok' in credential) return credential;
  const version = versionOf(members, build);
  if (members.problem) return refused(members.problem, build);
  const config: Body = { azure_key_config: { endpoint: resource, ...credential.principal, ...version } };
  const label = variableOf(build.params['api_key']) ?? build.credential ?? url.host;
  const provider = { ...standardProvider('azure'), ...silently(resource, build) };
  return planned(provider, keyMaterial(credential.value, config, label, []), build, 'azure');
}

/** The address is on the key, so loopback is told only for custom providers. */
function silently(resource: string, build: Build): ReturnType<typeof reached> {
  return reached(resource, { ...build, findings: [] });
}

type Credential = { readonly value: string | SecretRef; readonly principal: Body };

/**
 * LiteLLM takes the key when there is one, else the service principal, else what its environment has; Bifrost takes the
 * principal first (B§4.5). So a principal beside a key stays behind.
 */
function credentialOf(members: Members, variables: readonly string[], build: Build): Credential | Refusal {
  const value = members.take('api_key');
  const parts = {
    client_id: members.take('client_id'),
    client_secret: members.take('client_secret'),
    tenant_id: members.take('tenant_id'),
  };
  const given = Object.entries(parts).filter(([, part]) => part !== null);
  const complete = given.length === 3;
  const other = otherLogin(members, isSet(build.params['api_key']) || complete, build);
  if (other !== null) return other;
  if (value !== null || !complete) tellUnused(given, value !== null, build);
  if (value !== null) return { value, principal: {} };
  if (complete) return { value: '', principal: parts };
  const implicit = implicitVariable(variables, 'azure');
  build.findings.push(...(implicit?.findings ?? []));
  return { value: implicit?.value ?? '', principal: {} };
}

function tellUnused(given: readonly (readonly [string, unknown])[], besideKey: boolean, build: Build): void {
  if (given.length === 0) return;
  const names = given.map(([name]) => name).join(', ');
  build.findings.push(
    besideKey
      ? finding(
          'notice',
          'azure_principal_not_used',
          names,
          `LiteLLM uses the API key and not ${names}; so does the key`,
        )
      : finding(
          'loss',
          'azure_principal_incomplete',
          names,
          `${names} alone are no service principal; LiteLLM may have the rest in its environment, the key does not`,
        ),
  );
}

/** Logins that no Bifrost key can hold: a finding where another credential is there, the reason to skip where none is. */
function otherLogin(members: Members, hasAnother: boolean, build: Build): Refusal | null {
  const { params } = build;
  const token = isSet(params['azure_ad_token']);
  if (!token && !(isSet(params['azure_username']) && isSet(params['azure_password']))) return null;
  if (hasAnother) {
    if (token) build.findings.push(tokenLeftBehind());
    return null;
  }
  // A token that cannot even be read says so itself.
  if (token && members.take('azure_ad_token') === null) return null;
  return skipped(
    token ? 'azure_ad_token' : 'azure_password_login',
    `its only credential is ${token ? 'an Azure AD token' : 'a user name with a password'}, which Bifrost keys cannot hold`,
    'Give the deployment an API key or a service principal.',
    build.findings,
  );
}

function tokenLeftBehind(): Finding {
  return finding(
    'loss',
    'azure_ad_token_not_carried',
    'azure_ad_token',
    'an Azure AD token cannot be carried; the other credential of the deployment is used',
  );
}

function versionOf(members: Members, build: Build): Body {
  const version = members.take('api_version');
  if (version === null) return {};
  if (build.rules.capabilities.azureApiVersion) return { api_version: version };
  build.findings.push(
    finding(
      'change',
      'azure_api_version_not_carried',
      'api_version',
      "this Bifrost calls Azure's v1 API, which takes no api_version",
    ),
  );
  return {};
}
