import { textAt, type Admission, type Judge } from './call.js';

/** Reads an answer of LiteLLM to a model call, of all version lines (L§1.2, "Model calls"). Pure. */
export const judgeLitellm: Judge = ({ status, headers, json }) => {
  const message = textAt(json, 'error', 'message') ?? textAt(json, 'detail', 'error') ?? textAt(json, 'detail') ?? '';
  const type = textAt(json, 'error', 'type');
  return { admission: admissionOf(status, headers['x-litellm-model-id'] !== undefined, type, message), message };
};

const OWN_LIMITS =
  /^(Rate limit exceeded for|Max parallel request limit|Budget has been exceeded|ExceededBudget|Crossed TPM)/;

function admissionOf(status: number, routed: boolean, type: string | null, message: string): Admission {
  // Before the header: newer versions count requests after routing.
  if (type === 'budget_exceeded' || OWN_LIMITS.test(message)) return 'unknown';
  // The value is not this key's any more; what the key may call nobody has said.
  if (type === 'token_not_found_in_db') return 'unknown';
  // The router names the deployment it has picked; a deployment that is cooling down is told only to those let in.
  if (status < 300 || routed || /No deployments available for selected model/i.test(message)) return 'in';
  return status >= 500 || status === 429 || status < 400 ? 'unknown' : 'out';
}
