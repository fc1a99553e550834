/**
 * As Bifrost shows a stored secret (B§4.4): up to 8 bytes all `*`, longer ones first 4 bytes, 24 `*`, last 4 bytes.
 * Bytes are cut, not characters, so a non-ASCII secret shows U+FFFD at the cut (P§2.19).
 */
export function redactedForm(value: string): string {
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length <= 8) return '*'.repeat(bytes.length);
  return lenientText(bytes.subarray(0, 4)) + '*'.repeat(24) + lenientText(bytes.subarray(-4));
}

/** UTF-8 with U+FFFD for what is not (the reply to a key POST with a non-ASCII secret is invalid UTF-8, P§2.19). */
export function lenientText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: false }).decode(bytes);
}

/** true when `shown` is `value` itself or its redaction; runs of U+FFFD count as one (encoders differ in how many they write). */
export function showsSecret(shown: string, value: string): boolean {
  return shown === value || collapse(shown) === collapse(redactedForm(value));
}

function collapse(text: string): string {
  return text.replace(/\ufffd+/g, '\ufffd');
}

const SECRET_SHAPES: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[^\s"',}]+/g, '$1 ***'],
  [/\b(sk-|sk_|lbk_|bfst-|AKIA|AIza|ghp_|xai-|gsk_)[\w-]{8,}/g, '***'],
  [/(\/\/)[^\s/@"']+@/g, '$1***@'],
  [/\b((?:api[-_]?key|key|token|secret|password)=)[^\s&"']+/gi, '$1***'],
];

/**
 * Makes a text of the gateway fit for messages: known secrets and everything shaped like one become `***`.
 * The gateway's JSON decoder quotes some 30 characters of the request body around the offending byte, which can be the middle
 * of a key: everything after `at index N` is cut.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let result = text.replace(/\s*"?\bat index \d+:[\s\S]*$/, '');
  for (const secret of secrets) {
    if (secret.length < 4) continue;
    result = result.replaceAll(secret, '***').replaceAll(JSON.stringify(secret).slice(1, -1), '***');
  }
  for (const secret of secrets) result = withoutBeginnings(result, secret);
  for (const [shape, replacement] of SECRET_SHAPES) result = result.replace(shape, replacement);
  return result;
}

/** So many first characters of a long secret may be its provider's prefix; what follows them may not be shown. */
const RECOGNISED = 8;

/** A gateway that quotes so many bytes of a request may stop in the middle of a key. */
function withoutBeginnings(text: string, secret: string): string {
  if (secret.length < 2 * RECOGNISED) return text;
  const head = secret.slice(0, RECOGNISED);
  let result = '';
  let from = 0;
  for (let at = text.indexOf(head); at >= 0; at = text.indexOf(head, from)) {
    let length = RECOGNISED;
    while (length < secret.length && text[at + length] === secret[length]) length += 1;
    result += `${text.slice(from, at)}***`;
    from = at + length;
  }
  return result + text.slice(from);
}
