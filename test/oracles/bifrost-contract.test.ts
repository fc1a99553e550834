import { describe, expect, it } from 'vitest';
import { entry, gateway, key, provider, rule, standard, VERSIONS, virtualKey, type Parts } from './bifrost-factory.js';

const acme = provider('acme');
const acmeKey = key('acme', 'k', ['pub'], { aliases: { pub: 'm-up' } });
const one: Parts = {
  providers: [acme],
  keys: [acmeKey],
  virtualKeys: [virtualKey('vk', [entry('acme', ['pub'], ['k'])])],
};

describe.each(VERSIONS)('the oracle of Bifrost %s, order of resolution (B§7.1)', (version) => {
  const at = (parts: Parts, options = {}) => gateway(version, parts, options);

  it('splits a name at its first slash behind a known provider only', () => {
    const keys = [key('acme', 'k', ['pub', 'team/gpt', 'meta-llama/Llama-3', 'a/b'])];
    const lists = ['pub', 'team/gpt', 'meta-llama/Llama-3', 'a/b'];
    const { where } = at({ ...one, keys, virtualKeys: [virtualKey('vk', [entry('acme', lists)])] });
    expect(where('acme/pub')).toBe('acme:k:pub');
    expect(where('acme/a/b')).toBe('acme:k:a/b');
    expect(where('team/gpt')).toBe('acme:k:team/gpt');
    expect(where('meta-llama/Llama-3')).toBe('acme:k:meta-llama/Llama-3');
    expect(where('ACME/pub')).not.toBe('acme:k:pub');
  });

  it('takes a standard provider for one although it is not configured', () => {
    expect(at(one).where('openai/pub')).toBe(400);
    expect(
      at({ ...one, rules: [rule('provider == "azure"', { provider: 'acme', model: 'pub' })] }).where('azure/x'),
    ).toBe('acme:k:m-up');
  });

  it('refuses a provider that is not configured with 400, before it looks at the virtual key', () => {
    expect(at(one).ask('cohere/x')).toMatchObject({ allowed: false, status: 400 });
    expect(at({ ...one, virtualKeys: [virtualKey('vk', [])] }).where('cohere/x')).toBe(400);
    expect(at({ ...one, virtualKeys: [virtualKey('vk', [])] }).where('acme/pub')).toBe(403);
  });

  it('lets a rule decide provider, model and key before weights are looked at', () => {
    const keys = [acmeKey, key('acme', 'k2', ['pub'], { aliases: { pub: 'other' } })];
    const virtualKeys = [virtualKey('vk', [entry('acme', ['pub'])])];
    const pinned = rule('model == "x"', { provider: 'acme', model: 'pub', key_id: 'k2' });
    expect(at({ ...one, keys, virtualKeys, rules: [pinned] }).where('x')).toBe('acme:k2:other');
    expect(at({ ...one, rules: [pinned] }).where('x')).toBe(400);
  });

  it('splits by the weights of the entries that admit the name, weightless ones apart', () => {
    const providers = [acme, provider('zeta'), provider('free')];
    const keys = [acmeKey, key('zeta', 'z', ['pub']), key('free', 'f', ['pub'])];
    const entries = [
      entry('acme', ['pub'], ['k'], { weight: 3 }),
      entry('zeta', ['pub'], ['z'], { weight: 1 }),
      entry('free', ['pub'], ['f'], { weight: null }),
    ];
    const { where, fallbacks } = at({ providers, keys, virtualKeys: [virtualKey('vk', entries)] });
    expect(where('pub')).toBe('acme:k:m-up 0.75, zeta:z:pub 0.25');
    expect(fallbacks('pub')).toEqual(['zeta:z:pub', 'acme:k:m-up']);
    expect(where('free/pub')).toBe('free:f:pub');
  });

  it('never draws weight 0 first and keeps it as a fallback, unless all are 0', () => {
    const providers = [acme, provider('zeta')];
    const keys = [acmeKey, key('zeta', 'z', ['pub'])];
    const entries = (weight: number) => [
      entry('acme', ['pub'], ['k'], { weight }),
      entry('zeta', ['pub'], ['z'], { weight: 0 }),
    ];
    const standby = at({ providers, keys, virtualKeys: [virtualKey('vk', entries(1))] });
    expect(standby.where('pub')).toBe('acme:k:m-up');
    expect(standby.fallbacks('pub')).toEqual(['zeta:z:pub']);
    expect(at({ providers, keys, virtualKeys: [virtualKey('vk', entries(0))] }).where('pub')).toBe('acme:k:m-up');
  });

  it('needs no catalog where an entry names the model', () => {
    const { ask } = at(one);
    expect(ask('pub')).toMatchObject({ allowed: true, certain: true });
    expect(at(one, { catalog: {} }).where('pub')).toBe('acme:k:m-up');
  });

  it('compares key lists with the name before its alias, whatever its case', () => {
    const keys = [key('acme', 'k', ['m-up'], { aliases: { pub: 'm-up' } })];
    expect(at({ ...one, keys }).where('acme/pub')).toBe(400);
    const upper = [key('acme', 'k', ['PUB'], { aliases: { PUB: 'm-up' } })];
    expect(at({ ...one, keys: upper }).where('acme/pub')).toBe('acme:k:m-up');
  });

  it('follows one alias and no further', () => {
    const keys = [key('acme', 'k', ['pub', 'm-up'], { aliases: { pub: 'm-up', 'm-up': 'deep' } })];
    expect(at({ ...one, keys }).where('pub')).toBe('acme:k:m-up');
  });

  it('prefers the exact alias to another spelling', () => {
    const keys = [key('acme', 'k', ['pub'], { aliases: { PUB: 'loud', pub: 'low' } })];
    expect(at({ ...one, keys }).where('pub')).toBe('acme:k:low');
  });

  it('reads aliases that are objects', () => {
    const keys = [key('acme', 'k', ['pub'], { aliases: { pub: { model_id: 'dep' } } })];
    expect(at({ ...one, keys }).where('pub')).toBe('acme:k:dep');
  });

  it('draws keys by weight in hundredths, evenly when all have none', () => {
    const keys = [0.7, 0.3, 0.004].map((weight, n) => key('acme', `k${n}`, ['pub'], { weight }));
    const virtualKeys = [virtualKey('vk', [entry('acme', ['pub'])])];
    expect(at({ ...one, keys, virtualKeys }).where('pub')).toBe('acme:k0:pub 0.70, acme:k1:pub 0.30');
    const idle = keys.map((each) => ({ ...each, weight: 0 }));
    expect(at({ ...one, keys: idle, virtualKeys }).where('pub')).toContain('acme:k2:pub 0.33');
  });

  it('does not try a second key of the same provider when the first fails', () => {
    const keys = [acmeKey, key('acme', 'k2', ['pub'])];
    const virtualKeys = [virtualKey('vk', [entry('acme', ['pub'])])];
    expect(at({ ...one, keys, virtualKeys }).fallbacks('pub')).toEqual([]);
  });

  it('lets a fallback pass the same gate, and skips one that the virtual key lacks', () => {
    const providers = [acme, provider('zeta')];
    const keys = [acmeKey, key('zeta', 'z', ['grp'])];
    const rules = [rule('model == "pub"', {}, { fallbacks: ['zeta/grp', 'acme/nope'] })];
    expect(at({ ...one, providers, keys, rules }).fallbacks('pub')).toEqual([]);
    const both = [virtualKey('vk', [entry('acme', ['pub'], ['k']), entry('zeta', ['grp'], ['z'])])];
    expect(at({ providers, keys, rules, virtualKeys: both }).fallbacks('pub')).toEqual(['zeta:z:grp']);
  });

  it('sends a refused call to its fallback, as it does with a failed one', () => {
    const providers = [acme, provider('zeta')];
    const rules = [rule('model == "x"', { provider: 'zeta', model: 'y' }, { fallbacks: ['acme/pub'] })];
    expect(at({ ...one, providers, rules }).where('x')).toBe('acme:k:m-up');
    expect(
      at({ ...one, rules: [rule('model == "x"', { provider: 'cohere' }, { fallbacks: ['acme/pub'] })] }).where('x'),
    ).toBe('acme:k:m-up');
  });

  it('lets the catalog pick where no weight does', () => {
    const virtualKeys = [virtualKey('vk', [entry('acme', ['pub'], ['k'], { weight: null })])];
    expect(at({ ...one, virtualKeys }, { catalog: { acme: ['pub'] } }).where('pub')).toBe('acme:k:m-up');
  });
});

describe('the catalog (B§7.1, step 4)', () => {
  const rival = { providers: [acme, provider('aaa')], keys: [acmeKey, key('aaa', 'a', ['pub'])] };
  const weightless = [virtualKey('vk', [entry('acme', ['pub'], ['k'], { weight: null })])];
  const catalog = { acme: ['pub'], aaa: ['pub'] };

  it('does not ask the virtual key on 1.5.2: the first of the alphabet wins and is refused', () => {
    expect(gateway('1.5.2', { ...rival, virtualKeys: weightless }, { catalog }).where('pub')).toBe(403);
  });

  it('keeps to the providers of the virtual key on 1.5.16', () => {
    expect(gateway('1.5.16', { ...rival, virtualKeys: weightless }, { catalog }).where('pub')).toBe('acme:k:m-up');
  });

  it('forgets explicit names of an undiscovered provider with the next start of 1.5.2', () => {
    expect(gateway('1.5.2', { ...one, virtualKeys: weightless }, { catalog: {} }).where('pub')).toBe(400);
    expect(gateway('1.5.16', { ...one, virtualKeys: weightless }, { catalog: {} }).where('pub')).toBe('acme:k:m-up');
  });

  it('lets wildcard keys and keyless providers without a list match any name on 1.5.16, not on 1.5.2', () => {
    const parts: Parts = {
      providers: [provider('wide'), provider('open', { keyless: true })],
      keys: [key('wide', 'w', ['*'])],
      virtualKeys: [virtualKey('vk', [entry('wide', ['*'])]), virtualKey('kl', [entry('open', ['*'])])],
    };
    const modern = gateway('1.5.16', parts, { catalog: {} });
    expect(modern.where('nope')).toBe('wide:w:nope');
    expect(modern.where('nope', 'kl')).toBe('open:-:nope');
    expect(modern.where('nope', null)).toBe('open:-:nope');
    const old = gateway('1.5.2', parts, { catalog: {} });
    expect([old.where('nope'), old.where('wide/nope'), old.where('nope', 'kl'), old.where('open/nope', 'kl')]).toEqual([
      400, 403, 400, 403,
    ]);
  });

  it('takes a version at the end of a name for no difference', () => {
    const parts: Parts = {
      providers: [provider('wide')],
      keys: [key('wide', 'w', ['*'])],
      virtualKeys: [virtualKey('vk', [entry('wide', ['*'])])],
    };
    for (const version of VERSIONS) {
      const { where } = gateway(version, parts, { catalog: { wide: ['gpt-4o'] } });
      expect(where('gpt-4o-2024-08-06')).toBe('wide:w:gpt-4o-2024-08-06');
      expect(where('gpt-4-turbo')).toBe(400);
    }
  });

  it('prefers openai below /litellm, and on 1.5.2 falls to it when nobody serves the name', () => {
    const parts: Parts = {
      providers: [acme, standard('openai')],
      keys: [acmeKey, key('openai', 'o', ['pub', 'solo'])],
      virtualKeys: [
        virtualKey('vk', [
          entry('acme', ['pub'], ['k'], { weight: null }),
          entry('openai', ['pub', 'solo'], ['o'], { weight: null }),
        ]),
      ],
    };
    const lists = { acme: ['pub'], openai: ['pub'] };
    for (const version of VERSIONS) {
      expect(gateway(version, parts, { catalog: lists, routes: ['v1'] }).where('pub')).toBe('acme:k:m-up');
      expect(gateway(version, parts, { catalog: lists, routes: ['litellm'] }).where('pub')).toBe('openai:o:pub');
    }
    expect(gateway('1.5.2', parts, { catalog: {}, routes: ['v1'] }).where('solo')).toBe(400);
    expect(gateway('1.5.2', parts, { catalog: {}, routes: ['litellm'] }).where('solo')).toBe('openai:o:solo');
  });
});

describe.each(VERSIONS)('the oracle of Bifrost %s, refusals (B§7.3)', (version) => {
  const at = (parts: Parts, options = {}) => gateway(version, parts, options);

  it('names the reason with its status', () => {
    const asleep = virtualKey('asleep', [entry('acme', ['pub'])], { isActive: false });
    const keyless = virtualKey('no-keys', [entry('acme', ['pub'], [])]);
    const narrow = virtualKey('narrow', [entry('acme', ['other'])]);
    const parts = { ...one, virtualKeys: [...one.virtualKeys, asleep, keyless, narrow, virtualKey('none', [])] };
    const { ask } = at(parts);
    expect(ask('acme/pub', 'stranger')).toEqual({ allowed: false, status: 401, why: 'virtual_key_not_found' });
    expect(ask('acme/pub', 'asleep')).toMatchObject({ status: 403, why: 'virtual_key_blocked' });
    expect(ask('acme/pub', 'none')).toMatchObject({ status: 403, why: 'provider_blocked: acme' });
    expect(ask('acme/pub', 'narrow')).toMatchObject({ status: 403, why: 'model_blocked: pub' });
    expect(ask('acme/pub', 'no-keys')).toMatchObject({
      status: 400,
      why: expect.stringContaining('no keys found for') as string,
    });
    expect(ask('acme/other', 'narrow')).toMatchObject({
      status: 400,
      why: expect.stringContaining('that support') as string,
    });
  });

  it('serves a call without a virtual key unrestricted', () => {
    expect(at(one).where('acme/pub', null)).toBe('acme:k:m-up');
    expect(at(one, { catalog: { acme: ['pub'] } }).where('pub', null)).toBe('acme:k:m-up');
  });

  it('finds no key in a list that names keys of other providers', () => {
    const providers = [acme, provider('zeta')];
    const keys = [acmeKey, key('zeta', 'z', ['pub'])];
    expect(at({ providers, keys, virtualKeys: [virtualKey('vk', [entry('acme', ['pub'], ['z'])])] }).where('pub')).toBe(
      400,
    );
  });

  it('skips keys that are switched off or block the name', () => {
    expect(at({ ...one, keys: [{ ...acmeKey, enabled: false }] }).where('pub')).toBe(400);
    expect(at({ ...one, keys: [{ ...acmeKey, models: ['*'], blacklisted: ['PUB'] }] }).where('pub')).toBe(400);
  });

  it('refuses what the requests of a provider do not include', () => {
    const providers = [provider('acme', { listModels: false, allowedRequests: { embedding: true } })];
    expect(at({ ...one, providers }).where('pub')).toBe(400);
  });
});

describe.each(VERSIONS)('the oracle of Bifrost %s, allowed models (B§7.4)', (version) => {
  const at = (parts: Parts, options = {}) => gateway(version, parts, options);
  const star = [virtualKey('vk', [entry('acme', ['*'])])];

  it('passes * only what the catalog lists the provider for', () => {
    const keys = [key('acme', 'k', ['*'])];
    const { where } = at({ ...one, keys, virtualKeys: star }, { catalog: { acme: ['gpt-4o'] } });
    expect(where('gpt-4o')).toBe('acme:k:gpt-4o');
    expect(where('acme/gpt-4-turbo')).toBe(403);
  });

  it('passes * everything where a custom provider has no list to ask for', () => {
    const providers = [provider('acme', { listModels: false })];
    const keys = [key('acme', 'k', ['*'])];
    for (const options of [{}, { catalog: {} }]) {
      expect(at({ providers, keys, virtualKeys: star }, options).where('anything')).toBe('acme:k:anything');
    }
  });

  it('compares explicit lists letter by letter', () => {
    const keys = [key('acme', 'k', ['pub', 'PUB'])];
    const { where } = at({ ...one, keys });
    expect(where('acme/PUB')).toBe(403);
    expect(where('acme/pub')).toBe('acme:k:pub');
  });

  it('denies everything to an empty list', () => {
    expect(at({ ...one, virtualKeys: [virtualKey('vk', [entry('acme', [])])] }).where('acme/pub')).toBe(403);
  });

  it('opens the bare name behind an entry with a known provider, once the catalog has the entry', () => {
    const keys = [key('acme', 'k', ['azure/e-chat', 'e-chat'])];
    const virtualKeys = [virtualKey('vk', [entry('acme', ['azure/e-chat'])])];
    const { where } = at({ ...one, keys, virtualKeys }, { catalog: { acme: ['azure/e-chat', 'e-chat'] } });
    expect(where('e-chat')).toBe('acme:k:e-chat');
    expect(at({ ...one, keys, virtualKeys }).ask('e-chat')).toMatchObject({ allowed: true });
    const safe = [virtualKey('vk', [entry('acme', ['mine/e-chat'])])];
    const listed = [key('acme', 'k', ['mine/e-chat', 'e-chat'])];
    expect(at({ ...one, keys: listed, virtualKeys: safe }).where('acme/e-chat')).toBe(403);
  });
});

describe('the same provider twice in a virtual key', () => {
  const entries = [entry('acme', ['pub'], ['k']), entry('acme', ['grp'], ['g'])];
  const parts: Parts = {
    providers: [acme],
    keys: [{ ...acmeKey, models: ['pub', 'grp'] }, key('acme', 'g', ['grp'])],
    virtualKeys: [virtualKey('vk', entries)],
  };

  it('counts the first list alone on 1.5.2', () => {
    expect(gateway('1.5.2', parts).where('acme/grp')).toBe(403);
  });

  it('admits by any list on 1.5.16, with the keys of the first entry', () => {
    expect(gateway('1.5.16', parts).where('acme/grp')).toBe('acme:k:grp');
  });

  it('is blocked for both on 1.5.16 by the block list of either', () => {
    const blocking = [entries[0]!, { ...entries[1]!, blacklisted: ['pub'] }];
    expect(gateway('1.5.16', { ...parts, virtualKeys: [virtualKey('vk', blocking)] }).where('acme/pub')).toBe(403);
  });
});

describe('a gateway whose lists nobody knows', () => {
  const parts: Parts = {
    providers: [acme, standard('openai')],
    keys: [acmeKey, key('openai', 'o', ['*'])],
    virtualKeys: [virtualKey('vk', [entry('acme', ['pub'], ['k']), entry('openai', ['*'])])],
  };

  it.each(VERSIONS)('lets through on %s whatever some state of them would, and says so', (version) => {
    const answer = gateway(version, parts).ask('pub');
    expect(answer).toMatchObject({ allowed: true, certain: false });
    expect(gateway(version, parts).where('pub')).toBe('acme:k:m-up, openai:o:pub 0.50');
  });

  it.each(VERSIONS)('is certain again on %s with the weight of the stranger gone', (version) => {
    const virtualKeys = [
      virtualKey('vk', [entry('acme', ['pub'], ['k']), entry('openai', ['*'], ['*'], { weight: null })]),
    ];
    const { ask, where } = gateway(version, { ...parts, virtualKeys });
    expect(ask('pub')).toMatchObject({ allowed: true, certain: true });
    expect(where('pub')).toBe('acme:k:m-up');
    expect(where('openai/gpt-x')).toContain('openai:o:gpt-x');
  });

  it('knows that 1.5.16 may not yet take a provider for one that has neither key nor list', () => {
    const late: Parts = {
      providers: [provider('wide', { listModels: false }), provider('open', { keyless: true, listModels: false })],
      keys: [key('wide', 'w', ['*'])],
      virtualKeys: [virtualKey('vk', [entry('wide', ['*']), entry('open', ['x'])])],
    };
    expect(gateway('1.5.16', late).where('open/x')).toContain('wide:w:open/x');
    expect(gateway('1.5.16', late).where('open/x')).toContain('open:-:x');
    expect(gateway('1.5.2', late).where('open/x')).toBe('open:-:x');
  });
});
