import { finding } from '../findings.js';
import type { Deployment } from '../sources/records.js';
import { credentialValue, effectiveParams, isSet } from './credentials.js';
import { fieldsOfDeployment } from './deployment-fields.js';
import { azureEndpoint } from './endpoint/azure.js';
import { apiBase, hasQuery, refuseQuery } from './endpoint/base.js';
import { bedrockEndpoint } from './endpoint/bedrock.js';
import { compatibleEndpoint, plainEndpoint } from './endpoint/plain.js';
import { failed, skipped, type Build, type EndpointResult, type EndpointRules } from './endpoint/plan.js';
import { serverEndpoint } from './endpoint/server.js';
import { splitSlug } from './endpoint/slug.js';
import { vertexEndpoint } from './endpoint/vertex.js';
import { LEGACY_COMPLETIONS, SLUGS, type Slug } from './providers.js';

export type { Endpoint, EndpointResult, EndpointRules, PlannedProvider } from './endpoint/plan.js';
export { splitSlug } from './endpoint/slug.js';

/** Plans one deployment. Pure: whatever it needs from outside stands in `rules`. */
export function planEndpoint(deployment: Deployment, rules: EndpointRules): EndpointResult {
  const { params, credential } = effectiveParams(deployment, rules.credentials);
  const model = params['model'];
  if (typeof model !== 'string' || model === '') {
    const findings = fieldsOfDeployment(deployment, params, null);
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
  const findings = fieldsOfDeployment(deployment, params, slug?.kind === 'structured' ? slug.name : null);
  const base = apiBase(slugged.slug, params, rules.environment, findings);
  if (!base.ok) return { ok: false, outcome: base.outcome, problem: base.problem, findings };
  const build: Build = { ...slugged, params, credential, apiBase: base.url, rules, findings, deployment };
  return endpointOf(slug, model, build);
}

function endpointOf(slug: Slug | undefined, model: string, build: Build): EndpointResult {
  if (/\*/.test(build.slug)) {
    return skipped(
      'provider_glob',
      `"${model}" stands for every provider at once`,
      'Add the providers it stands for as deployments of their own.',
      build.findings,
    );
  }
  if (LEGACY_COMPLETIONS.has(build.slug)) {
    build.findings.push(
      finding(
        'change',
        'legacy_completions',
        'model',
        `LiteLLM turns chat into text completions for ${build.slug}; Bifrost calls the chat API of the provider`,
      ),
    );
  }
  switch (slug?.kind) {
    case 'unsupported':
      return skipped(
        'unsupported_provider',
        `Bifrost cannot call ${build.slug}: ${slug.why}`,
        'Keep this model on LiteLLM, or reach it through an OpenAI-compatible endpoint.',
        build.findings,
      );
    case 'structured':
      return structuredEndpoint(slug, build);
    case 'standard':
      return queried(build) ?? plainEndpoint(slug, build);
    case 'compatible':
      return queried(build) ?? compatibleEndpoint(slug, build);
    case undefined:
      return queried(build) ?? unknownEndpoint(build);
  }
}

/** Azure's addresses are cut down to their host anyway (M16). */
function queried(build: Build): EndpointResult | null {
  return build.apiBase !== null && hasQuery(build.apiBase) ? refuseQuery(build) : null;
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
      return queried(build) ?? serverEndpoint(slug.name, slug.keyVariables, build);
  }
}

/** A slug nobody here knows: OpenAI-compatible where an api_base says where it is (M10). */
function unknownEndpoint(build: Build): EndpointResult {
  if (build.apiBase === null) {
    return skipped(
      'unknown_provider',
      `"${build.slug}" is not a provider this program knows, and no api_base says where it is`,
      'Set api_base on the deployment, or create the provider on Bifrost by hand.',
      build.findings,
    );
  }
  build.findings.push(
    finding(
      'change',
      'assumed_openai_compatible',
      'model',
      `"${build.slug}" is unknown; its api_base is taken to be OpenAI-compatible`,
    ),
  );
  return compatibleEndpoint({ kind: 'compatible', base: null, keyVariables: [], keyOptional: true }, build);
}
