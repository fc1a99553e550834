import { MigrateError } from '../errors.js';

/** Where a gateway is: origin for the connection pool, path prefix in front of every request path. */
export type Address = {
  readonly origin: string;
  /** '' or `/prefix`, never with a trailing slash. */
  readonly prefix: string;
  /** Origin and prefix: what a journal is bound to. */
  readonly identity: string;
};

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** Reads BIFROST_URL. Throws MigrateError `usage` for anything a request must not be sent to. */
export function parseAddress(text: string, allowInsecureHttp: boolean): Address {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new MigrateError(
      'usage',
      'BIFROST_URL is not an http(s) URL.',
      'Set it to the base URL, like https://bifrost.example.com.',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new MigrateError(
      'usage',
      'BIFROST_URL contains a user name or password.',
      'Put them into BIFROST_API_KEY as user:password.',
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw new MigrateError(
      'usage',
      'BIFROST_URL has a query or fragment.',
      'Give only scheme, host, port and path prefix.',
    );
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname) && !allowInsecureHttp) {
    throw new MigrateError(
      'usage',
      `BIFROST_URL is plain http to ${url.hostname}: provider keys would cross the network unencrypted.`,
      'Use https, or pass --allow-insecure-http when the network is trusted.',
    );
  }
  const prefix = url.pathname.replace(/\/+$/, '');
  return { origin: url.origin, prefix, identity: url.origin + prefix };
}
