import { textAt, type Admission, type Judge } from './call.js';

/** Reads an answer of Bifrost to a model call, 1.5.2 to 1.5.16 (B§7.3). Pure. */
export const judgeBifrost: Judge = ({ status, json }) => {
  const message = textAt(json, 'error', 'message') ?? '';
  // Governance says why in a `type` beside the error; what an upstream says stands in `error.type`.
  const verdict = textAt(json, 'type');
  // A provider was chosen: the call was let in, and 1.5.2 tells a dead upstream with 400.
  const chosen = textAt(json, 'extra_fields', 'provider') !== null;
  return { admission: admissionOf(status, verdict, chosen, message), message };
};

const LIMITS: ReadonlySet<string> = new Set(['budget_exceeded', 'rate_limited', 'token_limited', 'request_limited']);
const REFUSALS: ReadonlySet<string> = new Set([
  'virtual_key_required',
  'virtual_key_not_found',
  'virtual_key_blocked',
  'provider_blocked',
  'model_blocked',
]);

/** No provider or no key is left for a name: nothing was sent anywhere. */
const NO_WAY_OUT =
  /could not auto resolve a provider|provider is required in model field|no keys found|failed to get config for provider|no provider|virtual key is required/i;

function admissionOf(status: number, verdict: string | null, chosen: boolean, message: string): Admission {
  if (verdict !== null && LIMITS.has(verdict)) return 'unknown';
  if (verdict !== null && REFUSALS.has(verdict)) return 'out';
  if (status < 300) return 'in';
  if (NO_WAY_OUT.test(message)) return 'out';
  if (chosen) return 'in';
  return status >= 500 || status === 429 || status < 400 ? 'unknown' : 'out';
}
