import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/commands/arguments.js';
import { commandLine } from '../../src/commands/command-line.js';
import { COMMANDS } from '../../src/commands/flags.js';
import { loadSettings } from '../../src/config.js';

const ENV = {
  LITELLM_URL: 'http://localhost:4000',
  LITELLM_MASTER_KEY: 'sk-master',
  LITELLM_CONFIG: '/etc/litellm/config.yaml',
  BIFROST_URL: 'http://127.0.0.1:8080',
};

describe.each(['run', 'resume'])('migrate %s', (verb) => {
  const routing = (...flags: string[]): boolean =>
    loadSettings(readArguments([verb, ...flags], COMMANDS).flags, ENV, { requirements: 'both' }).settings.routing;

  it('writes routing rules, unless --no-routing says otherwise', () => {
    expect(routing()).toBe(true);
    expect(routing('--no-routing')).toBe(false);
  });

  it('says --no-routing again in the command to type next', () => {
    expect(commandLine('run', readArguments([verb, '--no-routing'], COMMANDS).flags)).toBe('migrate run --no-routing');
  });
});
