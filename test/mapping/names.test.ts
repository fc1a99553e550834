import { describe, expect, it } from 'vitest';
import { disambiguated, naturalName, normalEmail } from '../../src/mapping/names.js';
import { managementOnly, opensAllInference } from '../../src/mapping/routes-of-keys.js';
import { rewriting, routedName } from '../../src/mapping/routed-name.js';
import { deployment, membership, organization, team, user, virtualKey } from '../factories.js';

describe('the natural name of a record (G1)', () => {
  it('is its alias, trimmed, or its id', () => {
    expect(naturalName(organization('o', { alias: ' Org ' }))).toBe('Org');
    expect(naturalName(organization('o', { alias: ' ' }))).toBe('o');
    expect(naturalName(team('t', { alias: null }))).toBe('t');
    expect(naturalName(user('u', { email: ' Ann@Example.test ' }))).toBe('ann@example.test');
    expect(naturalName(user('u', { email: null }))).toBe('u');
    expect(naturalName(membership('t', 'u'))).toBe('t u');
    expect(naturalName(deployment('internal', {}, { publicName: 'public' }))).toBe('public');
  });

  it('of a key without an alias is its masked name and the beginning of its token', () => {
    const id = '0123456789abcdef';
    expect(naturalName(virtualKey(' ops ', { id }))).toBe('ops');
    expect(naturalName(virtualKey(null, { id, keyName: ' sk-...wxyz ' }))).toBe('sk-...wxyz 01234567');
    expect(naturalName(virtualKey(' ', { id, keyName: ' ' }))).toBe('key 01234567');
    expect(naturalName(virtualKey(null, { id, keyName: null }))).toBe('key 01234567');
  });

  it('of the second of its name has eight characters of a token behind it, or a whole id that people chose', () => {
    expect(disambiguated('ops', '0123abcd9999')).toEqual(['ops (0123abcd)', 'ops (0123abcd9999)']);
    expect(disambiguated('ops', '0123ABCD9999')[0]).toBe('ops (0123ABCD)');
    expect(disambiguated('ops', 'org-prod-1')[0]).toBe('ops (org-prod-1)');
    expect(disambiguated('ops', 'x0123abcd')[0]).toBe('ops (x0123abcd)');
  });

  it('of nobody is no address', () => {
    expect(normalEmail(null)).toBe('');
  });
});

describe('the routes of a key (V1, L§4.16)', () => {
  it('are all of them where none is named', () => {
    expect([managementOnly([]), opensAllInference([])]).toEqual([false, true]);
  });

  it('let it manage only where every one of them does', () => {
    expect(managementOnly(['management_routes', '/key/info', '/team/*'])).toBe(true);
    expect(managementOnly(['management_routes', '/v1/chat/completions'])).toBe(false);
    expect(managementOnly(['/keyring'])).toBe(false);
    expect(managementOnly(['/x/key/info'])).toBe(false);
  });

  it('open all inference by one word', () => {
    for (const word of ['llm_api_routes', '/*', '*']) expect(opensAllInference(['/key/info', word])).toBe(true);
    expect(opensAllInference(['/v1/chat/completions'])).toBe(false);
  });
});

describe('the name that is routed (L§4.6)', () => {
  const none = { teamAliases: {}, keyAliases: {}, aliasMap: {} };

  it('goes through the team, the key, the global map, and the key again, one hop each', () => {
    const tables = { teamAliases: { a: 'b' }, keyAliases: { b: 'c', d: 'e' }, aliasMap: { c: 'd' } };
    expect(routedName('a', tables)).toBe('e');
    expect(routedName('x', tables)).toBe('x');
    expect(routedName('a', { ...none, teamAliases: { a: 'b', b: 'c' } })).toBe('b');
  });

  it('asks the team first', () => {
    expect(routedName('a', { ...none, teamAliases: { a: 't' }, keyAliases: { a: 'k' } })).toBe('t');
  });

  it('says whether the key had a say', () => {
    const byKey = (tables: Partial<typeof none>): boolean => rewriting('a', { ...none, ...tables }).byKey;
    expect(byKey({})).toBe(false);
    expect(byKey({ teamAliases: { a: 'b' }, aliasMap: { b: 'c' } })).toBe(false);
    expect(byKey({ keyAliases: { a: 'b' } })).toBe(true);
    expect(byKey({ aliasMap: { a: 'b' }, keyAliases: { b: 'c' } })).toBe(true);
  });

  it('is not led by what every table inherits', () => {
    expect(routedName('constructor', none)).toBe('constructor');
    expect(routedName('__proto__', none)).toBe('__proto__');
  });
});
