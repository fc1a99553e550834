/** What LiteLLM's own masking calls sensitive (L§1.5), and the spellings operators use besides. */
const SECRET_SEGMENTS = new Set(
  (
    'password passwd pwd passphrase secret secrets key keys apikey token auth authorization authentication bearer ' +
    'credential credentials access private certificate cert salt cookie signature webhook dsn'
  ).split(' '),
);

/** Members whose names sound secret and whose values are names, prices or switches. */
const PUBLIC_NAMES = new Set([
  'litellm_credential_name',
  'access_groups',
  'configurable_clientside_auth_params',
  'key_alias',
  'key_name',
  'key_type',
  'token_rate_limit_type',
  'litellm_key_header_name',
]);

/** Is a value under this name a secret? Costs (`input_cost_per_token`) and counts are not. */
export function isSecretName(name: string): boolean {
  const segments = segmentsOf(name);
  if (PUBLIC_NAMES.has(name.toLowerCase()) || segments.includes('cost')) return false;
  return segments.some((segment) => SECRET_SEGMENTS.has(segment));
}

/** `X-Api-Key`, `awsSecretAccessKey`, `api_key` → their words in lower case. */
function segmentsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}

/** Members that hold HTTP headers: the names may be told, the values never. */
export function isHeaderMap(name: string): boolean {
  return name === 'headers' || name.endsWith('_headers');
}

/** `os.environ/NAME` and `oidc/<provider>/<audience>` name a place, not a value (L§3.3). */
export function isReference(text: string): boolean {
  return text.startsWith('os.environ/') || text.startsWith('oidc/');
}

/**
 * The forms in which the management API masks values (L§1.5, §1.6): `sk-a****wxyz`, `****`, `sk****yz`, and a masked JSON
 * text `{"****"}`. Such a value must never be written (M4).
 */
export function isMasked(text: string): boolean {
  return /^.{4}\*+.{4}$/su.test(text) || /^\*+$/.test(text) || /^.{2}\*{4}.{2}$/su.test(text);
}

/** A URL that carries a credential: user info, or a query parameter named like a secret. */
export function isSecretUrl(text: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return false;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) return /^[^/]*\/\/[^/?#]*@/.test(text);
  if (url.username !== '' || url.password !== '') return true;
  return [...url.searchParams.keys()].some((name) => isSecretName(name) || /^(sig|code|pass)$/i.test(name));
}

/** Text that is a credential whatever it is called: used only where nothing needs the value. */
export function looksLikeSecret(text: string): boolean {
  return (
    /(^|[\s"'=:])(sk|pk|gsk|xai|hf|ghp|glpat|xox[abp]|nvapi|pplx|r8)[-_][A-Za-z0-9_-]{12,}/.test(text) ||
    /^(Bearer|Basic)\s+\S/i.test(text) ||
    /-----BEGIN/.test(text) ||
    /^eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\./.test(text) ||
    /\bAKIA[0-9A-Z]{12,}/.test(text) ||
    isSecretUrl(text)
  );
}
