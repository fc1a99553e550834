import { describe, expect, it } from 'vitest';
import { compileCel, type CelVariables } from './bifrost/cel.js';

const call: CelVariables = {
  model: 'gpt-4o',
  provider: 'azure',
  request_type: 'chat_completion',
  virtual_key_id: 'vk-1',
  virtual_key_name: 'ci',
  team_id: '',
  team_name: '',
  customer_id: '',
  customer_name: '',
  headers: { 'x-route': 'blue' },
};
const matches = (expression: string) => compileCel(expression)(call);

describe('conditions of rules (B§7.2)', () => {
  it.each([
    'model == "gpt-4o"',
    "model == 'gpt-4o'",
    'provider == "azure" && model == "gpt-4o"',
    'provider == "" || model in ["a", "gpt-4o"]',
    'provider == "azure" && !(model in ["a","b"])',
    'model.startsWith("gpt-4")',
    'model.endsWith("4o") && model.contains("-")',
    'model.matches("^gpt-[0-9]")',
    'model != "x" && request_type != "embedding"',
    '!(provider != "azure")',
    'virtual_key_id == "vk-1" && team_id == ""',
    'headers["x-route"] == "blue"',
    '"x-route" in headers && !("x-none" in headers)',
    'budget_used < 80.0 && tokens_used <= 1',
    '((model == "gpt-4o"))',
    'true',
    '',
  ])('match: %s', (expression) => {
    expect(matches(expression)).toBe(true);
  });

  it.each([
    'model == "GPT-4o"',
    'provider == "" && model == "gpt-4o"',
    'model in []',
    'model.startsWith("4o")',
    'headers["x-route"] == "red"',
    'false',
  ])('do not match: %s', (expression) => {
    expect(matches(expression)).toBe(false);
  });

  it('read escapes as CEL does, and raw strings as they stand', () => {
    const named = (model: string, expression: string) => compileCel(expression)({ ...call, model });
    expect(named('q"\\x', 'model == "q\\"\\\\x"')).toBe(true);
    expect(named('\u00fcber', 'model == "\\u00fcber"')).toBe(true);
    expect(named('a\tb', 'model == "a\\tb"')).toBe(true);
    expect(named('a\\tb', 'model == r"a\\tb"')).toBe(true);
    expect(named("it's", 'model == "it\'s"')).toBe(true);
  });

  it('bind && tighter than ||', () => {
    expect(matches('model == "gpt-4o" || provider == "x" && model == "y"')).toBe(true);
    expect(matches('(model == "gpt-4o" || provider == "x") && model == "y"')).toBe(false);
  });

  it.each([
    'model == ',
    'model = "x"',
    'nobody == "x"',
    'model == 5',
    'model',
    '"gpt-4o"',
    'model.upper("x")',
    'model in "gpt-4o"',
    '!model',
    'model == "a" && provider',
  ])('that are broken never match: %s', (expression) => {
    expect(matches(expression)).toBe(false);
  });

  it('with a missing header match only where another part decides alone', () => {
    expect(matches('headers["x-none"] == "1"')).toBe(false);
    expect(matches('headers["x-none"] != "1"')).toBe(false);
    expect(matches('headers["x-none"] == "1" || model == "gpt-4o"')).toBe(true);
    expect(matches('model == "gpt-4o" && headers["x-none"] == "1"')).toBe(false);
  });

  it.each(['model == "a" ? true : false', 'has(headers.x)', 'size(model) > 3'])(
    'that the oracle does not read are no guess: %s',
    (expression) => {
      expect(() => compileCel(expression)).toThrow('beyond what the oracle reads');
    },
  );
});
