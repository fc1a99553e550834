import { finding } from '../findings.js';
import type { PlannedProvider } from '../mapping/endpoint.js';
import type { Body, BodyValue, Difference, TargetObject } from '../target/objects.js';
import type { Adoption, CreateWrite } from './plan.js';
import { adoptionFindings } from './shared.js';

/** M8: ensured by POST, never PUT. M9–M13: custom ones with base URL, paths and the private-network flag. */
export function providerWrite(provider: PlannedProvider): CreateWrite {
  const custom = provider.baseType !== null;
  const network: Record<string, BodyValue> = {
    ...(provider.baseUrl !== null && { base_url: provider.baseUrl }),
    ...(provider.allowPrivateNetwork && { allow_private_network: true }),
  };
  const body: Body = {
    provider: provider.name,
    ...(custom && { custom_provider_config: customConfig(provider) }),
    ...(Object.keys(network).length > 0 && { network_config: network }),
  };
  return {
    action: 'create',
    kind: 'provider',
    name: provider.name,
    label: `provider "${provider.name}" (custom=${custom}, base_url="${provider.baseUrl ?? ''}")`,
    path: '/api/providers',
    body,
    adopt: (existing, differences) => adoptProvider(provider, existing, differences),
    advice: [
      {
        text: 'private IP addresses',
        nextStep: 'Run again with --allow-private-network if Bifrost may call that address.',
      },
      { text: 'failed to resolve', nextStep: 'Make the host name resolvable where Bifrost runs, then run again.' },
      {
        text: 'Custom provider cannot be same as a standard provider',
        nextStep: 'This Bifrost has the provider built in; report this version.',
      },
    ],
  };
}

function customConfig(provider: PlannedProvider): Body {
  return {
    base_provider_type: provider.baseType,
    ...(provider.keyless && { is_key_less: true }),
    ...(Object.keys(provider.paths).length > 0 && { request_path_overrides: provider.paths }),
    // Once allowed_requests is there only members set to true are allowed (B§3.5): everything but the listing.
    ...(!provider.listModels && { allowed_requests: Object.fromEntries(REQUEST_TYPES.map((type) => [type, true])) }),
  };
}

/** Request types of B§3.5 without list_models: a wildcard provider must not learn a model list (P§2.5). */
const REQUEST_TYPES = [
  'text_completion', 'text_completion_stream', 'chat_completion', 'chat_completion_stream', 'responses', 'responses_stream',
  'count_tokens', 'embedding', 'rerank', 'speech', 'speech_stream', 'transcription', 'transcription_stream',
  'image_generation', 'image_generation_stream', 'image_edit', 'image_edit_stream', 'image_variation', 'passthrough',
  'passthrough_stream',
]; // prettier-ignore

/** A provider that sends elsewhere than LiteLLM did must not get our keys; anything else there is fine as it is. */
function adoptProvider(
  provider: PlannedProvider,
  existing: TargetObject,
  differences: readonly Difference[],
): Adoption {
  const elsewhere =
    existing.kind === 'provider' &&
    provider.baseType === null &&
    existing.baseUrl !== null &&
    provider.baseUrl === null;
  if (elsewhere) {
    return {
      verdict: 'conflict',
      message: `the provider "${provider.name}" on Bifrost sends to ${existing.baseUrl}, not to the provider's own address`,
      nextStep: 'Remove that base URL on Bifrost, or give the deployment an api_base of its own in LiteLLM.',
    };
  }
  if (differences.length === 0)
    return {
      verdict: 'adopt',
      findings: [
        finding('notice', 'adopted', '', `the provider "${provider.name}" was on Bifrost already; it is used as it is`),
      ],
    };
  // Without the private-network flag keys on private addresses fail, which is narrower: say so and go on (B§3.6).
  if (differences.every((d) => d.field.includes('allow_private_network'))) {
    return { verdict: 'adopt', findings: adoptionFindings('provider', provider.name, differences) };
  }
  const what = differences.map((d) => `${d.field} is ${d.found}, not ${d.wanted}`).join('; ');
  return {
    verdict: 'conflict',
    message: `a provider named "${provider.name}" is on Bifrost, but ${what}`,
    nextStep: 'Rename or remove that provider on Bifrost, then run again.',
  };
}
