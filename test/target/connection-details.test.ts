import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/secret.js';
import { parseAddress } from '../../src/target/address.js';
import { parseCredentials } from '../../src/target/credentials.js';
import { redactedForm, showsSecret, withoutSecrets } from '../../src/target/redact.js';
import { retryAfterMs } from '../../src/target/retry-after.js';

describe('the address', () => {
  it.each([
    ['https://bifrost.example.com/', 'https://bifrost.example.com'],
    ['https://Bifrost.Example.com:443//', 'https://bifrost.example.com'],
    ['https://host/gateway/', 'https://host/gateway'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    ['http://localhost', 'http://localhost'],
  ])('%s is the gateway %s', (url, identity) => expect(parseAddress(url, false).identity).toBe(identity));

  it.each([
    ['bifrost.example.com', /not an http/],
    ['ftp://host', /not an http/],
    ['https://user:pass@host', /user name or password/],
    ['https://host?key=1', /query/],
    ['http://bifrost.internal', /unencrypted/],
    ['http://127.0.0.1.evil.example', /unencrypted/],
    ['http://10.0.0.1', /unencrypted/],
  ])('%s is refused', (url, message) => {
    expect(() => parseAddress(url, false)).toThrow(message);
    expect(() => parseAddress(url, false)).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('plain http to another host is taken when allowed', () => {
    expect(parseAddress('http://bifrost.internal', true).origin).toBe('http://bifrost.internal');
  });
});

describe('the API key', () => {
  const parse = (text: string) => parseCredentials(new Secret(text));

  it('is a user and password, plain or as base64, with colons in the password', () => {
    for (const text of ['admin:a:b', 'YWRtaW46YTpi', ' Basic YWRtaW46YTpi ']) {
      const credentials = parse(text);
      expect(credentials).toMatchObject({ kind: 'password', username: 'admin' });
      expect(credentials.kind === 'password' && credentials.password.reveal()).toBe('a:b');
    }
  });

  it.each(['lbk_0123456789', 'bfst-abc', '1c060e8e-f43b-46bc-abcd-4e6a5178a4b0', 'eyJhbGciOi.eyJzdWIi.c2ln', 'Zm9v'])(
    '%s is an opaque token',
    (text) => {
      const credentials = parse(text);
      expect(credentials.kind === 'bearer' && credentials.token.reveal()).toBe(text);
    },
  );

  it('may be missing', () => {
    expect(parseCredentials(null)).toEqual({ kind: 'none' });
    expect(parse('  ')).toEqual({ kind: 'none' });
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  it.each([
    [undefined, null],
    ['', null],
    ['5', 5000],
    ['0', 0],
    ['-5', null],
    ['2026', 600_000],
    ['99999', 600_000],
    ['Sun, 22 Nov 2026 12:00:30 GMT', 30_000],
    ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
    ['Sunday, 22-Nov-26 12:00:10 GMT', 10_000],
    ['later', null],
  ])('%s is %s ms', (header, wait) => expect(retryAfterMs(header, now)).toBe(wait));
});

describe('redaction', () => {
  it.each([
    ['', ''],
    ['12345678', '********'],
    ['123456789', '1234************************6789'],
    ['sk-lit-ABCDEFGH1234', 'sk-l************************1234'],
  ])('of %j is what Bifrost shows', (value, shown) => expect(redactedForm(value)).toBe(shown));

  it('recognises a value shown in clear or redacted, and no other', () => {
    expect(showsSecret('http://127.0.0.1:1/az', 'http://127.0.0.1:1/az')).toBe(true);
    expect(showsSecret('http************************1/az', 'http://127.0.0.1:1/az')).toBe(true);
    expect(showsSecret('http************************2/az', 'http://127.0.0.1:1/az')).toBe(false);
  });

  it.each([
    ['key sk-abcdefghijkl refused', 'key *** refused'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer ***'],
    ['GET https://u:p@host/x?key=AbC&y=1', 'GET https://***@host/x?key=***&y=1'],
    ['known-canary is not known', '*** is not known'],
    ['A team with this name already exists', 'A team with this name already exists'],
    ['budget max limit cannot be negative or zero: 0.00', 'budget max limit cannot be negative or zero: 0.00'],
  ])('%s', (text, clean) => expect(withoutSecrets(text, ['known-canary'])).toBe(clean));
});
