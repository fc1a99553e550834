import { isSecretRef } from '../../secret.js';
import type { Body, BodyValue, ProviderObject } from '../objects.js';
import { redactedForm, withoutSecrets } from '../redact.js';
import { asks, bodyOf, compareSet, compareValue, differ, isBody, textOf, type Comparison } from './comparison.js';

/**
 * Endpoint, wire format and what is allowed. Not compared: timeouts, retries, concurrency, raw-response flags and the proxy,
 * whose defaults differ between versions (B§3.6); the private-network flag where the gateway has none (before 1.5.9).
 */
export function compareProvider(comparison: Comparison, body: Body, found: ProviderObject): void {
  const network = bodyOf(body['network_config']);
  if (asks(comparison, body, 'network_config')) {
    compareBaseUrl(comparison, network['base_url'], found.baseUrl ?? '');
    if (comparison.options.capabilities?.checksBaseUrls !== false) {
      compareValue(
        comparison,
        'allow_private_network',
        network['allow_private_network'] === true,
        found.allowPrivateNetwork,
      );
    }
    compareHeaders(comparison, bodyOf(network['extra_headers']), found.extraHeaders ?? {});
  }
  if (!asks(comparison, body, 'custom_provider_config')) return;
  const custom = bodyOf(body['custom_provider_config']);
  compareValue(comparison, 'base_provider_type', custom['base_provider_type'], found.baseType);
  compareValue(comparison, 'is_key_less', custom['is_key_less'] === true, found.keyless);
  compareOverrides(comparison, bodyOf(custom['request_path_overrides']), found.requestPathOverrides);
  compareAllowedRequests(comparison, custom, found);
}

/** The gateway trims a trailing slash (B§3.7). A password inside is not part of what is known of the found URL. */
function compareBaseUrl(comparison: Comparison, wanted: BodyValue | undefined, found: string): void {
  const text = isSecretRef(wanted) ? comparison.options.secrets?.reveal(wanted) : textOf(wanted);
  if (text === undefined) return;
  const endpoint = (url: string) => url.replace(/\/+$/, '');
  compareValue(comparison, 'base_url', endpoint(withoutSecrets(text, [])), endpoint(found));
}

function compareOverrides(comparison: Comparison, wanted: Body, found: ProviderObject['requestPathOverrides']): void {
  for (const type of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
    compareValue(comparison, `request_path_overrides[${type}]`, wanted[type], found[type]);
  }
}

/** Only types the gateway lists: older ones do not know the newer types. */
function compareAllowedRequests(comparison: Comparison, custom: Body, found: ProviderObject): void {
  const wanted = custom['allowed_requests'];
  const shown = found.allowedRequests;
  if (!isBody(wanted) && shown === undefined) return;
  if (!isBody(wanted) || shown === undefined) {
    const list = (allowed: Body | undefined) =>
      allowed === undefined ? 'everything' : allowedIn(allowed).join(', ') || 'nothing';
    return differ(comparison, 'allowed_requests', list(isBody(wanted) ? bodyOf(wanted) : undefined), list(shown));
  }
  for (const [type, allowed] of Object.entries(shown)) {
    compareValue(comparison, `allowed_requests[${type}]`, bodyOf(wanted)[type] === true, allowed);
  }
}

function allowedIn(allowed: Body): string[] {
  return Object.keys(allowed).filter((type) => allowed[type] === true);
}

/** Header values may be secrets: compared by what is shown of them, named by the header only. */
function compareHeaders(comparison: Comparison, wanted: Body, found: { readonly [header: string]: string }): void {
  compareSet(comparison, 'extra_headers', Object.keys(wanted), Object.keys(found));
  for (const [header, value] of Object.entries(wanted)) {
    const shown = found[header];
    const text = isSecretRef(value) ? comparison.options.secrets?.reveal(value) : textOf(value);
    if (shown === undefined || text === undefined || redactedForm(text) === shown) continue;
    differ(comparison, `extra_headers[${header}]`, 'the planned value', 'another value');
  }
}
