import { describe, expect, it } from 'vitest';
import { entry, gateway, key, provider, rule, standard, VERSIONS, virtualKey, type Parts } from './bifrost-factory.js';

const quiet = { listModels: false } as const;

describe.each(VERSIONS)('the oracle of Bifrost %s, bare public names (B§12)', (version) => {
  const at = (parts: Parts, options = {}) => gateway(version, parts, options);
  const openai = standard('openai');
  const acme = provider('acme');

  describe('the rule of three (§12.1)', () => {
    const keys = [key('acme', 'k', ['public', 'upstream-id'], { aliases: { public: 'upstream-id' } })];
    const parts = { providers: [acme], keys, virtualKeys: [virtualKey('vk', [entry('acme', ['public'], ['k'])])] };

    it('serves the public name, bare and behind its provider', () => {
      expect(at(parts).where('public')).toBe('acme:k:upstream-id');
      expect(at(parts).where('acme/public')).toBe('acme:k:upstream-id');
    });

    it('serves it behind its provider whatever the weight', () => {
      const virtualKeys = [virtualKey('vk', [entry('acme', ['public'], ['k'], { weight: null })])];
      expect(at({ ...parts, virtualKeys }).where('acme/public')).toBe('acme:k:upstream-id');
    });

    it('refuses the upstream id and other letters', () => {
      const { where } = at(parts, { catalog: { acme: ['public', 'upstream-id'] } });
      expect(where('upstream-id')).toBe(version === '1.5.2' ? 403 : 400);
      expect(where('acme/upstream-id')).toBe(403);
      expect(where('acme/PUBLIC')).toBe(403);
      expect(where('PUBLIC')).toBeOneOf([400, 403]);
    });

    it('refuses the public name to a virtual key that lists the upstream id only', () => {
      const { where } = at({ ...parts, virtualKeys: [virtualKey('vk', [entry('acme', ['upstream-id'], ['k'])])] });
      expect(where('acme/public')).toBe(403);
      expect(where('public')).toBeOneOf([400, 403]);
    });

    it('needs no alias for a name that is the upstream id', () => {
      const plain = [key('acme', 'k', ['public'])];
      expect(at({ ...parts, keys: plain }).where('public')).toBe('acme:k:public');
    });
  });

  it('(1) serves a standard provider with a catalog model', () => {
    const keys = [key('openai', 'k1', ['gpt-4o', 'gpt4-prod'], { aliases: { 'gpt4-prod': 'gpt-4o' } })];
    const virtualKeys = [virtualKey('vk', [entry('openai', ['gpt4-prod'], ['k1'])])];
    expect(at({ providers: [openai], keys, virtualKeys }).where('gpt4-prod')).toBe('openai:k1:gpt-4o');
  });

  it('(2) serves a custom provider whether discovery works, fails or is off', () => {
    const keys = [key('acme', 'k1', ['m-up', 'acme-pub'], { aliases: { 'acme-pub': 'm-up' } })];
    const virtualKeys = [virtualKey('vk', [entry('acme', ['acme-pub'], ['k1'])])];
    for (const options of [{}, { catalog: {} }, { catalog: { acme: ['m-up'] } }]) {
      expect(at({ providers: [acme], keys, virtualKeys }, options).where('acme-pub')).toBe('acme:k1:m-up');
    }
    expect(at({ providers: [provider('acme', quiet)], keys, virtualKeys }).where('acme-pub')).toBe('acme:k1:m-up');
  });

  it('serves a keyless provider under its upstream id, with all keys or none named', () => {
    const providers = [provider('kl', { keyless: true })];
    for (const keyIds of [['*'], []]) {
      const virtualKeys = [virtualKey('vk', [entry('kl', ['kl-m'], keyIds)])];
      expect(at({ providers, keys: [], virtualKeys }).where('kl-m')).toBe('kl:-:kl-m');
    }
  });

  it("serves another provider's catalog name", () => {
    const keys = [key('acme', 'k', ['gpt-4o'], { aliases: { 'gpt-4o': 'm-up' } }), key('openai', 'o', ['*'])];
    const virtualKeys = [virtualKey('vk', [entry('acme', ['gpt-4o'], ['k'])])];
    expect(at({ providers: [acme, openai], keys, virtualKeys }).where('gpt-4o')).toBe('acme:k:m-up');
  });

  it('(3) splits one name over two providers, the other standing by', () => {
    const keys = [
      key('openai', 'o', ['grp'], { aliases: { grp: 'gpt-4o' } }),
      key('acme', 'a', ['grp'], { aliases: { grp: 'm-up' } }),
    ];
    const entries = [
      entry('openai', ['grp'], ['o'], { weight: 0.75 }),
      entry('acme', ['grp'], ['a'], { weight: 0.25 }),
    ];
    const { where, fallbacks } = at({ providers: [openai, acme], keys, virtualKeys: [virtualKey('vk', entries)] });
    expect(where('grp')).toBe('acme:a:m-up 0.25, openai:o:gpt-4o 0.75');
    expect(fallbacks('grp')).toEqual(['acme:a:m-up', 'openai:o:gpt-4o']);
  });

  it('(3) splits two keys of one provider by key weight, without failing over', () => {
    const keys = [0.7, 0.3].map((weight, n) => key('acme', `k${n}`, ['grp'], { weight, aliases: { grp: `up${n}` } }));
    const { where, fallbacks } = at({
      providers: [acme],
      keys,
      virtualKeys: [virtualKey('vk', [entry('acme', ['grp'])])],
    });
    expect(where('grp')).toBe('acme:k0:up0 0.70, acme:k1:up1 0.30');
    expect(fallbacks('grp')).toEqual([]);
  });

  describe('(4) fallbacks', () => {
    const keys = [
      key('openai', 'o', ['fo'], { aliases: { fo: 'gpt-4o' } }),
      key('acme', 'a', ['fo', 'grp'], { aliases: { fo: 'm-fo', grp: 'm-up' } }),
    ];
    const parts = (lists: readonly string[], weight: number): Parts => ({
      providers: [openai, acme],
      keys,
      virtualKeys: [virtualKey('vk', [entry('openai', ['fo'], ['o']), entry('acme', lists, ['a'], { weight })])],
    });

    it('falls back to the same name on a second provider with weight 0', () => {
      expect(at(parts(['fo'], 0)).where('fo')).toBe('openai:o:gpt-4o');
      expect(at(parts(['fo'], 0)).fallbacks('fo')).toEqual(['acme:a:m-fo']);
    });

    it('falls back to another public name by a rule', () => {
      const rules = [rule('model == "pubX"', { provider: 'openai', model: 'fo' }, { fallbacks: ['acme/grp'] })];
      const { where, fallbacks } = at({ ...parts(['grp'], 1), rules });
      expect(where('pubX')).toBe('openai:o:gpt-4o');
      expect(fallbacks('pubX')).toEqual(['acme:a:m-up']);
    });

    it('adds a fallback and leaves the choice to the virtual key', () => {
      for (const fallback of ['acme/fo', 'acme/']) {
        const rules = [rule('model == "fo"', {}, { fallbacks: [fallback] })];
        const { where, fallbacks } = at({ ...parts(['fo'], 0), rules });
        expect(where('fo')).toBe('openai:o:gpt-4o');
        expect(fallbacks('fo')).toEqual(['acme:a:m-fo']);
      }
    });
  });

  describe('rules', () => {
    const keys = [key('openai', 'o', ['gpt-4o', 'fo']), key('acme', 'a', ['m-up', 't-up', 'c-up', 'v-up'])];
    const parts = (entries: Parts['virtualKeys'][number]['providerConfigs'], more: object = {}): Parts => ({
      providers: [openai, acme],
      keys,
      virtualKeys: [virtualKey('vk', entries, more)],
    });
    const both = [entry('openai', ['gpt-4o'], ['o']), entry('acme', ['m-up', 't-up', 'c-up', 'v-up'], ['a'])];

    it('(5) catch names behind a provider, configured or not, by both parts', () => {
      const catching = rule('provider == "azure" && model == "gpt-4-pub"', { provider: 'openai', model: 'gpt-4o' });
      expect(at({ ...parts(both), rules: [catching] }).where('azure/gpt-4-pub')).toBe('openai:o:gpt-4o');
      const never = rule('model == "azure/gpt-4-pub"', { provider: 'openai', model: 'gpt-4o' });
      expect(at({ ...parts(both), rules: [never] }).where('azure/gpt-4-pub')).toBe(400);
    });

    it('(6) split exactly, and refuse the share of a target that the virtual key lacks', () => {
      const split = {
        ...rule('model == "x"', {}),
        targets: [
          { provider: 'openai', model: 'gpt-4o', weight: 0.7 },
          { provider: 'acme', model: 'm-up', weight: 0.3 },
        ],
      };
      expect(at({ ...parts(both), rules: [split] }).where('x')).toBe('acme:a:m-up 0.30, openai:o:gpt-4o 0.70');
      const poor = at({ ...parts(both.slice(0, 1)), rules: [split] });
      expect(poor.where('x')).toBe('openai:o:gpt-4o 0.70, refused 0.30');
    });

    it('(7) of the nearest scope win for their own callers and nobody else hears of them', () => {
      const to = (model: string, scope: string, scope_id: string | null) =>
        rule('model == "scoped"', { provider: 'acme', model }, { scope, scope_id });
      const teams = [
        { id: 'red', customerId: 'corp' },
        { id: 'blue', customerId: null },
      ];
      const rules = [to('t-up', 'team', 'red'), to('c-up', 'customer', 'corp'), to('v-up', 'virtual_key', 'vk')];
      const seen = (more: object, ruling = rules) => at({ ...parts(both, more), teams, rules: ruling }).where('scoped');
      expect(seen({ teamId: 'red' })).toBe('acme:a:v-up');
      expect(seen({ teamId: 'red' }, rules.slice(0, 2))).toBe('acme:a:t-up');
      expect(seen({ teamId: 'red' }, rules.slice(1, 2))).toBe('acme:a:c-up');
      expect(seen({ customerId: 'corp' }, rules.slice(0, 2))).toBe('acme:a:c-up');
      expect(seen({ teamId: 'blue' }, rules.slice(0, 2))).toBe(400);
      expect(seen({}, rules.slice(0, 2))).toBe(400);
    });

    it('(7) of the global scope match names behind a provider too', () => {
      const rules = [rule('model == "x"', { provider: 'acme', model: 'm-up' })];
      expect(at({ ...parts(both), rules }).where('openai/x')).toBe('acme:a:m-up');
    });

    it('with a key that the virtual key lacks fail', () => {
      const rules = [rule('model == "x"', { provider: 'acme', model: 'm-up', key_id: 'o' })];
      expect(at({ ...parts(both), rules }).where('x')).toBe(400);
    });

    it('go by priority, and the first match ends the search', () => {
      const rules = [
        rule('true || false', { provider: 'acme', model: 'm-up' }, { priority: 2 }),
        rule('model == "x"', { provider: 'openai', model: 'gpt-4o' }, { priority: 1 }),
      ];
      expect(at({ ...parts(both), rules }).where('x')).toBe('openai:o:gpt-4o');
      expect(at({ ...parts(both), rules }).where('y')).toBe('acme:a:m-up');
    });

    it('that are broken, switched off or ask for missing headers are skipped', () => {
      const rules = ['model == ', 'model == 5', 'nobody == "x"', 'headers["x-none"] == "1"'].map((cel) =>
        rule(cel, { provider: 'acme', model: 'm-up' }),
      );
      const off = rule('model == "gpt-4o"', { provider: 'acme', model: 'm-up' }, { enabled: false });
      expect(at({ ...parts(both), rules: [...rules, off] }).where('gpt-4o')).toBe('openai:o:gpt-4o');
    });

    it('without a condition match always', () => {
      expect(at({ ...parts(both), rules: [rule('', { provider: 'acme', model: 'm-up' })] }).where('z')).toBe(
        'acme:a:m-up',
      );
    });

    it('in a chain hand on what they made, once each', () => {
      const rules = [
        rule('model == "x"', { model: 'y' }, { chain_rule: true, priority: 1 }),
        rule('model == "y"', { provider: 'acme', model: 'm-up' }, { priority: 2 }),
        rule('model == "loop"', { model: 'loop' }, { chain_rule: true, priority: 3 }),
      ];
      expect(at({ ...parts(both), rules }).where('x')).toBe('acme:a:m-up');
      expect(at({ ...parts(both), rules }).where('loop')).toBe(400);
    });
  });

  it('splits a bare name over its provider and a wildcard of strangers (§12.3)', () => {
    const providers = [acme, provider('wild', quiet)];
    const keys = [key('acme', 'a', ['gpt4-prod'], { aliases: { 'gpt4-prod': 'm-up' } }), key('wild', 'w', ['*'])];
    const virtualKeys = [virtualKey('vk', [entry('acme', ['gpt4-prod'], ['a']), entry('wild', ['*'])])];
    expect(at({ providers, keys, virtualKeys }).where('gpt4-prod')).toBe('acme:a:m-up 0.50, wild:w:gpt4-prod 0.50');
    expect(at({ providers, keys, virtualKeys }).where('unheard')).toBe('wild:w:unheard');
  });
});

describe.each(VERSIONS)('the oracle of Bifrost %s, the pair (P§2, P§3)', (version) => {
  const at = (parts: Parts, options = {}) => gateway(version, parts, options);
  const P = provider('P');
  const Q = provider('Q');
  const wild = provider('wild', quiet);

  it('lets a listed upstream id answer for another deployment of that public name (2.1)', () => {
    const keys = [
      key('P', 'b', ['foo8', 'bar8'], { aliases: { foo8: 'bar8' } }),
      key('P', 'a', ['bar8'], { aliases: { bar8: 'real' } }),
    ];
    const virtualKeys = [virtualKey('vk', [entry('P', ['foo8', 'bar8'])])];
    expect(at({ providers: [P], keys, virtualKeys }).where('bar8')).toBe('P:a:real 0.50, P:b:bar8 0.50');
    const exact = [{ ...keys[0]!, models: ['foo8'] }, keys[1]!];
    expect(at({ providers: [P], keys: exact, virtualKeys }).where('bar8')).toBe('P:a:real');
  });

  it('keeps a key of weight 0 out as long as another has weight (2.2)', () => {
    const keys = [key('P', 'a', ['g']), key('P', 'b', ['g'], { weight: 0 })];
    expect(at({ providers: [P], keys, virtualKeys: [virtualKey('vk', [entry('P', ['g'])])] }).where('g')).toBe('P:a:g');
  });

  it('isolates a meaning on a key of its own, named by id (2.3)', () => {
    const keys = [
      key('P', 'all', ['x'], { aliases: { x: 'up' } }),
      key('P', 'own', ['x'], { aliases: { x: 'team-up' } }),
    ];
    const virtualKeys = [
      virtualKey('vk', [entry('P', ['x'], ['all'])]),
      virtualKey('tm', [entry('P', ['x'], ['own'])]),
    ];
    const { where } = at({ providers: [P], keys, virtualKeys });
    expect([where('x'), where('x', 'tm')]).toEqual(['P:all:up', 'P:own:team-up']);
  });

  it('answers from the wrong key where one key has both meanings (2.3)', () => {
    const keys = [
      key('P', 'all', ['hidden', 'x'], { aliases: { x: 'up' } }),
      key('P', 'own', ['x'], { aliases: { x: 'own-up' } }),
    ];
    const virtualKeys = [virtualKey('vk', [entry('P', ['hidden', 'x'], ['all', 'own'])])];
    expect(at({ providers: [P], keys, virtualKeys }).where('x')).toBe('P:all:up 0.50, P:own:own-up 0.50');
  });

  it('lets wildcard keys take explicit names of their provider (2.5)', () => {
    const keys = [key('P', 'named', ['x'], { aliases: { x: 'up' } }), key('P', 'any', ['*'])];
    expect(at({ providers: [P], keys, virtualKeys: [virtualKey('vk', [entry('P', ['x'])])] }).where('x')).toBe(
      'P:any:x 0.50, P:named:up 0.50',
    );
  });

  it('steals no name through a wildcard entry without weight, and serves it behind its provider (2.5, 2.6)', () => {
    const keys = [key('P', 'p', ['gpt-4o'], { aliases: { 'gpt-4o': 'up' } }), key('wild', 'w', ['*'])];
    const entries = (weight: number | null) => [entry('P', ['gpt-4o'], ['p']), entry('wild', ['*'], ['*'], { weight })];
    const stolen = at({ providers: [P, wild], keys, virtualKeys: [virtualKey('vk', entries(1))] });
    expect(stolen.where('gpt-4o')).toBe('P:p:up 0.50, wild:w:gpt-4o 0.50');
    const kept = at({ providers: [P, wild], keys, virtualKeys: [virtualKey('vk', entries(null))] });
    expect(kept.where('gpt-4o')).toBe('P:p:up');
    expect(kept.where('wild/abc')).toBe('wild:w:abc');
  });

  it('keeps the prefix of a name that a rule sends on without a model (2.7)', () => {
    const keys = [key('wild', 'w', ['*'])];
    const rules = [rule('provider == "" && model.startsWith("ren/")', { provider: 'wild' })];
    const virtualKeys = [virtualKey('vk', [entry('wild', ['*'], ['*'], { weight: null })])];
    expect(at({ providers: [wild], keys, virtualKeys, rules }).where('ren/abc')).toBe('wild:w:ren/abc');
  });

  describe('a wildcard entry without weight (2.8)', () => {
    const keys = [key('P', 'p', ['a']), key('wild', 'w', ['*'])];
    const entries = [entry('P', ['a'], ['p']), entry('wild', ['*'], ['*'], { weight: null })];
    const parts = { providers: [P, wild], keys, virtualKeys: [virtualKey('vk', entries)] };
    const deny = rule(
      'provider == "" && !(model in ["a","b"])',
      { provider: 'not-a-model' },
      { scope: 'virtual_key', scope_id: 'vk', priority: 2 },
    );

    it('lets unknown bare names in on 1.5.16 and not on 1.5.2', () => {
      expect(at(parts).where('nope')).toBe(version === '1.5.16' ? 'wild:w:nope' : 400);
    });

    it('is closed by a deny rule of the virtual key', () => {
      const { where } = at({ ...parts, rules: [deny] });
      expect([where('nope'), where('a'), where('wild/x')]).toEqual([400, 'P:p:a', 'wild:w:x']);
    });

    it('lets bare known names through by a rule before it', () => {
      const bare = rule(
        'provider == "" && model in ["gpt-4-turbo","o3-mini"]',
        { provider: 'wild' },
        {
          ...deny,
          cel_expression: 'provider == "" && model in ["gpt-4-turbo","o3-mini"]',
          targets: [{ provider: 'wild', weight: 1 }],
          priority: 1,
        },
      );
      const { where } = at({ ...parts, rules: [deny, bare] });
      expect([where('gpt-4-turbo'), where('gpt-5')]).toEqual(['wild:w:gpt-4-turbo', 400]);
    });
  });

  it('reads the words of a deny rule as a name on 1.5.2, which a weighted wildcard then takes', () => {
    const deny = rule('provider == ""', { provider: 'not-a-model' });
    const parts = {
      providers: [wild],
      keys: [key('wild', 'w', ['*'])],
      virtualKeys: [virtualKey('vk', [entry('wild', ['*'])])],
      rules: [deny],
    };
    expect(at(parts).where('nope')).toBe(version === '1.5.2' ? 'wild:w:not-a-model/nope' : 400);
  });

  describe('routing rules that work (§3)', () => {
    const providers = [P, Q, wild, standard('vllm')];
    const keys = [
      key('vllm', 'v', ['litellm:azure/prod-chat'], { aliases: { 'litellm:azure/prod-chat': 'prod' } }),
      key('P', 'p', ['grp', 'e-chat', 'fail-model']),
      key('Q', 'q', ['grp', 'model-b']),
      key('wild', 'w', ['*']),
    ];
    const entries = [
      entry('vllm', ['litellm:azure/prod-chat'], ['v']),
      entry('P', ['grp', 'e-chat', 'fail-model'], ['p']),
      entry('Q', ['grp', 'model-b'], ['q'], { weight: 0 }),
      entry('wild', ['*'], ['*'], { weight: null }),
    ];
    const teams = [{ id: 'team', customerId: null }];
    const parts = { providers, keys, teams, virtualKeys: [virtualKey('vk', entries, { teamId: 'team' })] };
    const rules = [
      rule(
        'provider == "azure" && model == "prod-chat"',
        { provider: 'vllm', model: 'litellm:azure/prod-chat' },
        { priority: 1001 },
      ),
      rule('provider == "xai"', { provider: 'wild' }, { priority: 1900 }),
      rule('provider == "" && model == "fail-model"', {}, { fallbacks: ['Q/model-b'], priority: 1002 }),
      rule(
        'provider == "" && model == "grp"',
        { provider: 'P', model: 'grp' },
        { fallbacks: ['Q/grp'], priority: 1003 },
      ),
      rule('provider == "openai" && model.startsWith("gpt-4")', { provider: 'wild' }, { priority: 1901 }),
      rule(
        'model == "ka-9"',
        { provider: 'P', model: 'e-chat' },
        { scope: 'virtual_key', scope_id: 'vk', priority: 3 },
      ),
      rule('model == "ta-4"', { provider: 'P', model: 'e-chat' }, { scope: 'team', scope_id: 'team', priority: 1 }),
    ];
    const { where, fallbacks } = gateway(version, { ...parts, rules });

    it('map a name that begins with a known provider to its internal alias', () => {
      expect(where('azure/prod-chat')).toBe('vllm:v:prod');
      expect(where('azure/other')).toBe(400);
      expect(where('prod-chat')).not.toContain('vllm');
    });

    it('send a prefix to the provider of its wildcard, or a part of it', () => {
      expect(where('xai/grok')).toBe('wild:w:grok');
      expect(where('openai/gpt-4.1')).toBe('wild:w:gpt-4.1');
      expect(where('openai/o3')).toBe(400);
    });

    it('add fallbacks, within the list of the virtual key', () => {
      expect([where('fail-model'), fallbacks('fail-model')]).toEqual(['P:p:fail-model', ['Q:q:model-b']]);
      const poor = [virtualKey('vk', entries.slice(1, 2))];
      expect(gateway(version, { ...parts, virtualKeys: poor, rules }).fallbacks('fail-model')).toEqual([]);
    });

    it('keep a deployment on another provider as standby', () => {
      expect([where('grp'), fallbacks('grp')]).toEqual(['P:p:grp', ['Q:q:grp']]);
    });

    it('carry aliases of keys and teams, for those alone', () => {
      expect([where('ka-9'), where('ta-4')]).toEqual(['P:p:e-chat', 'P:p:e-chat']);
      const strangers = [virtualKey('vk', entries), virtualKey('other', entries.slice(1, 2))];
      const { where: seen } = gateway(version, { ...parts, virtualKeys: strangers, rules });
      expect([seen('ka-9', 'other'), seen('ta-4', 'other')]).toEqual([400, 400]);
    });
  });

  it('sends a group on vllm by public name, exact model_name and all (2.16, B§4.5)', () => {
    const vllm = standard('vllm');
    const keys = [
      key('vllm', 'free', ['v-pub'], { aliases: { 'v-pub': 'v-up' } }),
      key('vllm', 'exact', ['named', 'other'], { vllmModelName: 'named', aliases: { named: 'n-up' } }),
    ];
    const virtualKeys = [virtualKey('vk', [entry('vllm', ['v-pub', 'named', 'other'])])];
    const { where } = at({ providers: [vllm], keys, virtualKeys });
    expect([where('v-pub'), where('named'), where('other')]).toEqual(['vllm:free:v-up', 'vllm:exact:n-up', 400]);
  });

  it("loses the alias behind a provider's own name and opens the bare one (2.15)", () => {
    const zz = provider('zz_ai');
    const keys = [key('zz_ai', 'z', ['zz_ai/foo', 'foo'], { aliases: { 'zz_ai/foo': 'dead' } })];
    const virtualKeys = [virtualKey('vk', [entry('zz_ai', ['zz_ai/foo'])])];
    const { where } = at({ providers: [zz], keys, virtualKeys }, { catalog: { zz_ai: ['zz_ai/foo', 'foo'] } });
    expect([where('zz_ai/foo'), where('foo')]).toEqual(['zz_ai:z:foo', 'zz_ai:z:foo']);
  });

  it('writes the names of groq with their maker, as its list has them', () => {
    const keys = [key('groq', 'g', ['gpt-oss', 'openai/gpt-oss', 'llama', 'openai/llama'])];
    const lists = ['gpt-oss', 'openai/gpt-oss', 'llama', 'openai/llama'];
    const parts = (allowed: readonly string[]): Parts => ({
      providers: [standard('groq')],
      keys,
      virtualKeys: [virtualKey('vk', [entry('groq', allowed, ['g'])])],
    });
    expect(at(parts(lists), { catalog: { groq: lists } }).where('gpt-oss')).toBe('groq:g:openai/gpt-oss');
    expect(at(parts(lists), { catalog: { groq: lists } }).where('llama')).toBe('groq:g:openai/llama');
    expect(at(parts(['gpt-oss']), { catalog: { groq: lists } }).where('gpt-oss')).toBe(403);
  });
});
