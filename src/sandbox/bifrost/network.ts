import { isIPv4, isIPv6 } from 'node:net';

/** The base-URL rules of versions ≥ 1.5.9 (B§3.6). */

/** What follows `Invalid base URL: `, or null when the URL is accepted. Names are not looked up: `.invalid` never resolves. */
export function baseUrlFault(url: string, allowPrivate: boolean): string | null {
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(url)?.[1] ?? '';
  if (scheme !== 'http' && scheme !== 'https') return `only https and http schemes are allowed, got: ${scheme}`;
  const host = hostOf(url);
  if (host === '') return 'URL must have a hostname';
  if (host === 'invalid' || host.endsWith('.invalid'))
    return `failed to resolve hostname: lookup ${host} on 10.0.0.2:53: no such host`;
  const kind = addressKind(host);
  if (kind === 'unspecified') return 'unspecified IP addresses are not allowed';
  if (kind === 'link-local') return 'link-local IP addresses are not allowed';
  return kind === 'private' && !allowPrivate ? 'private IP addresses are not allowed' : null;
}

export function hostOf(url: string): string {
  const authority = /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/([^/?#]*)/.exec(url)?.[1] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return (host.startsWith('[') ? host.slice(1, host.indexOf(']')) : host.replace(/:\d*$/, '')).toLowerCase();
}

/** 100.64/10 counts as public; loopback is always allowed. */
export function addressKind(host: string): 'loopback' | 'unspecified' | 'link-local' | 'private' | 'public' {
  if (host === 'localhost' || host.endsWith('.localhost')) return 'loopback';
  if (isIPv4(host)) {
    const [a = 0, b = 0] = host.split('.').map(Number);
    if (a === 127) return 'loopback';
    if (host === '0.0.0.0') return 'unspecified';
    if (a === 169 && b === 254) return 'link-local';
    return a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) ? 'private' : 'public';
  }
  if (!isIPv6(host)) return 'public';
  if (host === '::1') return 'loopback';
  if (host === '::') return 'unspecified';
  if (/^fe[89ab]/.test(host)) return 'link-local';
  return /^f[cd]/.test(host) ? 'private' : 'public';
}
