import { describe, expect, test } from 'vitest';
import { compareCell } from '../live/compare.js';
import { answer, cell, failed, reached, refused, spent, upstream } from './factories.js';

const verdict = (over: Parameters<typeof cell>[0]) => compareCell(cell(over)).verdict;

describe('a key and a name on both gateways', () => {
  test('the same upstream model, credential and path is the same', () => {
    expect(verdict({})).toBe('same');
  });

  test('both refusing is the same, whatever they say', () => {
    expect(verdict({ litellm: [refused], bifrost: [answer('refused', 400)] })).toBe('same-refused');
  });

  test('upstreams that fail for both are the same: both let the call in', () => {
    expect(verdict({ litellm: [failed], bifrost: [answer('failed', 502)], accepted: [] })).toBe('same-failed');
  });

  test('refused on Bifrost alone is narrower', () => {
    expect(verdict({ bifrost: [refused] })).toBe('narrower');
    expect(verdict({ litellm: [failed], bifrost: [refused], accepted: [] })).toBe('narrower');
  });

  test('an upstream that fails on Bifrost alone, or now and then, is narrower', () => {
    expect(verdict({ bifrost: [failed] })).toBe('narrower');
    expect(verdict({ bifrost: [reached(), failed] })).toBe('narrower');
    expect(verdict({ bifrost: [reached(), refused] })).toBe('narrower');
  });

  test('let in by Bifrost alone is wider, also when its upstream fails', () => {
    expect(verdict({ litellm: [refused], reachable: [] })).toBe('wider');
    expect(verdict({ litellm: [refused], bifrost: [failed], reachable: [] })).toBe('wider');
    expect(verdict({ litellm: [refused], bifrost: [refused, reached()], reachable: [] })).toBe('wider');
  });

  test('another spelling of what the key reaches anyway is not wider, another credential for it is', () => {
    expect(verdict({ litellm: [refused], reachable: [upstream()] })).toBe('spelling');
    expect(verdict({ litellm: [refused], reachable: [upstream({ credential: 'other' })] })).toBe('wider');
    expect(
      verdict({ litellm: [refused], bifrost: [failed], otherSpelling: { heard: 'let-in', unseenModels: [] } }),
    ).toBe('spelling');
    const prefixed = { litellm: [refused], reachable: [] };
    expect(verdict({ ...prefixed, otherSpelling: { heard: 'let-in', unseenModels: [] } })).toBe('wider');
    expect(verdict({ ...prefixed, otherSpelling: { heard: 'let-in', unseenModels: ['up-a'] } })).toBe('spelling');
  });

  test('arriving elsewhere is told apart by what differs', () => {
    expect(verdict({ bifrost: [reached({ model: 'up-b' })] })).toBe('other-model');
    expect(verdict({ bifrost: [reached({ credential: 'key-b' })] })).toBe('other-credential');
    expect(verdict({ bifrost: [reached({ path: '/chat/completions' })] })).toBe('other-path');
  });

  test('one stray answer among right ones is enough', () => {
    expect(verdict({ bifrost: [reached(), reached(), reached({ model: 'up-b' })] })).toBe('other-model');
  });

  test('any member of the group will do, the member LiteLLM drew need not be drawn again', () => {
    const accepted = [upstream(), upstream({ model: 'up-2' })];
    expect(verdict({ accepted, bifrost: [reached({ model: 'up-2' })] })).toBe('same');
  });

  test('where LiteLLM cannot get through, the declared model is what Bifrost may reach', () => {
    const blind = { litellm: [failed], accepted: [], reachable: [] };
    expect(verdict({ ...blind, unseenModels: ['up-a'] })).toBe('same');
    expect(verdict({ ...blind, unseenModels: ['up-z'] })).toBe('wider');
    expect(verdict({ ...blind, unseenModels: ['up-z'], reachable: [upstream()] })).toBe('other-model');
  });

  test('a member that always fails on LiteLLM may answer on Bifrost; one that was seen must come with its credential', () => {
    const group = { litellm: [reached(), failed], unseenModels: ['up-a', 'up-b'] };
    expect(verdict({ ...group, bifrost: [reached(), reached({ model: 'up-b' })] })).toBe('same');
    expect(verdict({ ...group, bifrost: [reached({ credential: 'other' })] })).toBe('other-credential');
  });

  test('a member that others saw failing may fail on Bifrost, a group that never fails may not', () => {
    const lucky = { litellm: [reached()], bifrost: [reached(), failed] };
    expect(verdict({ ...lucky, unseenModels: ['up-a', 'fail-503'] })).toBe('same');
    expect(verdict(lucky)).toBe('narrower');
  });

  test('a group of which one member fails on both sides is the same', () => {
    expect(verdict({ litellm: [reached(), failed], bifrost: [reached(), failed] })).toBe('same');
  });
});

describe('limits', () => {
  test('a budget that ran out while asking says nothing about access', () => {
    expect(verdict({ litellm: [spent], accepted: [], reachable: [] })).toBe('budget');
    expect(verdict({ bifrost: [spent] })).toBe('budget');
  });

  test('what was answered before the budget ran out is still compared', () => {
    expect(verdict({ litellm: [reached(), spent], bifrost: [reached({ model: 'up-b' }), spent] })).toBe('other-model');
  });

  test('limits that say no on both sides agree, and so does a refusal with a limit', () => {
    expect(verdict({ litellm: [spent], bifrost: [spent] })).toBe('same-refused');
    expect(verdict({ litellm: [spent], bifrost: [refused] })).toBe('same-refused');
    expect(verdict({ litellm: [refused], bifrost: [spent] })).toBe('same-refused');
  });

  test('a limit of zero is a refusal: letting the key in is wider', () => {
    expect(verdict({ litellm: [spent], limitIsZero: true, accepted: [], reachable: [] })).toBe('wider');
    expect(verdict({ litellm: [spent], bifrost: [refused], limitIsZero: true })).toBe('same-refused');
  });

  test('another spelling of a name that ran out says nothing, unless the limit is zero', () => {
    const prefixed = {
      litellm: [refused],
      reachable: [],
      otherSpelling: { heard: 'spent' as const, unseenModels: [] },
    };
    expect(verdict(prefixed)).toBe('budget');
    expect(verdict({ ...prefixed, limitIsZero: true })).toBe('wider');
  });

  test('no HTTP answer is no judgement', () => {
    expect(verdict({ bifrost: [answer('silent', 0)] })).toBe('silent');
    expect(verdict({ litellm: [] })).toBe('silent');
  });
});
