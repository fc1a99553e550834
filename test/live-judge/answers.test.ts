import { describe, expect, test } from 'vitest';
import { readBifrostAnswer } from '../live/bifrost-answer.js';
import { readEcho, sameShape } from '../live/answer.js';
import { readLitellmAnswer } from '../live/litellm-answer.js';

const echo = (seen: object) => ({ choices: [{ message: { content: JSON.stringify(seen) } }] });
const exchange = (status: number, body: unknown, headers = {}) => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

describe('what the fake upstream repeats', () => {
  test('path, model and credential, from either header', () => {
    const seen = { path: '/v1/chat/completions', model: 'm', authorization: 'Bearer k1', 'api-key': null };
    expect(readEcho(echo(seen))).toEqual({ path: '/v1/chat/completions', model: 'm', credential: 'k1' });
    expect(readEcho(echo({ ...seen, authorization: null, 'api-key': 'k2' }))?.credential).toBe('k2');
  });

  test('a credential LiteLLM invents for a keyless server is none', () => {
    expect(readEcho(echo({ path: '/', model: 'm', authorization: 'Bearer fake-api-key' }))?.credential).toBeNull();
    expect(readEcho(echo({ path: '/', model: 'm', authorization: null }))?.credential).toBeNull();
  });

  test('an answer of a real model is no echo', () => {
    expect(readEcho({ choices: [{ message: { content: 'Hello!' } }] })).toBeNull();
    expect(readEcho(undefined)).toBeNull();
  });

  test('the two URL shapes of Azure are one', () => {
    const old = {
      path: '/openai/deployments/dep-1/chat/completions?api-version=2024-10-21',
      model: 'dep-1',
      credential: 'k',
    };
    const newer = { path: '/openai/v1/chat/completions', model: 'dep-1', credential: 'k' };
    expect(sameShape(old)).toEqual(sameShape(newer));
  });
});

describe('LiteLLM', () => {
  const error = (message: string, type: string | null) => ({ error: { message, type, code: '400' } });
  const kind = (status: number, body: unknown, headers = {}) => readLitellmAnswer(exchange(status, body, headers)).kind;
  const routed = { 'x-litellm-model-id': 'id', 'x-litellm-model-name': 'azure/dep-1' };

  test('no access, no such model, blocked, expired and unknown keys are refusals in both version lines', () => {
    expect(kind(401, error('key not allowed to access model.', 'key_model_access_denied'))).toBe('refused');
    expect(kind(403, error("The requested model 'x' is not available", 'team_model_access_denied'))).toBe('refused');
    expect(
      kind(400, error('litellm.BadRequestError: You passed in model=x. There are no healthy deployments', null)),
    ).toBe('refused');
    expect(kind(401, error('Authentication Error, Key is blocked.', 'auth_error'))).toBe('refused');
    expect(kind(404, { detail: { error: "Team doesn't exist in db" } })).toBe('refused');
  });

  test('a deployment that was picked and failed was let in', () => {
    expect(kind(500, error('litellm.APIConnectionError: AzureException', 'internal_server_error'), routed)).toBe(
      'failed',
    );
    expect(kind(401, error('litellm.AuthenticationError', null), routed)).toBe('failed');
    expect(readLitellmAnswer(exchange(500, error('x', null), routed)).routedModel).toBe('dep-1');
  });

  test('a deployment in cooldown was let in, although 429 says so', () => {
    expect(kind(429, error('No deployments available for selected model, Try again in 5 seconds.', 'None'))).toBe(
      'failed',
    );
  });

  test('budgets and rate limits are limits; newer versions name the deployment all the same', () => {
    expect(kind(422, error('Budget has been exceeded! Key=k', 'budget_exceeded'))).toBe('spent');
    expect(kind(400, error('ExceededBudget: User=u-zero over budget.', 'budget_exceeded'))).toBe('spent');
    expect(kind(429, error('Rate limit exceeded for api_key: abc.', 'throttling_error'), routed)).toBe('spent');
    expect(kind(429, error('Rate limit exceeded for api_key: abc.', 'None'))).toBe('spent');
  });

  test('an upstream that limits is not our limit', () => {
    expect(kind(429, error('litellm.RateLimitError: OpenAIException - fake', 'throttling_error'), routed)).toBe(
      'failed',
    );
  });
});

describe('Bifrost', () => {
  const kind = (status: number, body: unknown) => readBifrostAnswer(exchange(status, body)).kind;

  test('governance refuses by a top-level type', () => {
    const blocked = { type: 'model_blocked', error: { message: 'no' }, extra_fields: { provider: 'up' } };
    expect(kind(403, blocked)).toBe('refused');
    expect(kind(403, { ...blocked, type: 'virtual_key_blocked' })).toBe('refused');
    expect(kind(402, { ...blocked, type: 'budget_exceeded' })).toBe('spent');
    expect(kind(429, { ...blocked, type: 'token_limited' })).toBe('spent');
  });

  test('a name without provider or key goes nowhere, whatever the status', () => {
    const says = (message: string) => ({ error: { message }, extra_fields: { provider: 'openai' } });
    expect(kind(400, says('could not auto resolve a provider for the request'))).toBe('refused');
    expect(kind(500, says('failed to get config for provider: not found'))).toBe('refused');
    expect(kind(400, says('no keys found that support model: x'))).toBe('refused');
  });

  test('a failing upstream was let in, also where 1.5.2 says 400', () => {
    const dead = {
      error: { message: 'network error occurred while connecting to provider API' },
      extra_fields: { provider: 'dead' },
    };
    expect(kind(502, dead)).toBe('failed');
    expect(kind(400, dead)).toBe('failed');
    const upstream = {
      status_code: 401,
      error: { type: 'fake', message: 'fake upstream failure' },
      extra_fields: { provider: 'up' },
    };
    expect(kind(401, upstream)).toBe('failed');
    expect(kind(429, upstream)).toBe('failed');
  });

  test('a path that is not there is a refusal', () => {
    expect(kind(405, 'Method Not Allowed')).toBe('refused');
  });

  test('the alias of the chosen key is told where the version says it', () => {
    const body = {
      error: { message: 'x' },
      extra_fields: { provider: 'up', routing_info: { resolved_key_alias: { model_id: 'm1' } } },
    };
    expect(readBifrostAnswer(exchange(500, body)).routedModel).toBe('m1');
  });
});
