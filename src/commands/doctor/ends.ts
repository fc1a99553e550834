import { loadSettings, type Environment, type Flags, type Origins, type Settings } from '../../config.js';
import { MigrateError } from '../../errors.js';
import { fail, ok, type Found } from './check.js';

/** The settings of each end; null when that end cannot be asked for want of them. */
export type Ends = {
  readonly source: Settings | null;
  readonly target: Settings | null;
  /** null = not even that can be told. */
  readonly journal: string | null;
  /** LITELLM_SALT_KEY is not set: the master key stands in for it. */
  readonly saltKeyIsMasterKey: boolean;
  readonly found: Found;
};

type Loaded = ReturnType<typeof loadSettings>;

/** One end may be well configured while the other is not: each is read for itself. */
export function readEnds(flags: Flags, env: Environment): Ends {
  const both = load(flags, env, 'both');
  const source = load(flags, env, 'source');
  const target = load(flags, env, 'target');
  const neither = load(flags, env, 'none');
  const loaded = (end: Loaded | MigrateError): Settings | null => (end instanceof MigrateError ? null : end.settings);
  return {
    source: loaded(source),
    target: loaded(target),
    journal: loaded(neither)?.journal ?? null,
    saltKeyIsMasterKey: !(source instanceof MigrateError) && source.origins.litellmSaltKey === 'default',
    found: both instanceof MigrateError ? fail('settings', both) : ok('settings', described(both)),
  };
}

function load(flags: Flags, env: Environment, requirements: Parameters<typeof loadSettings>[2]['requirements']) {
  try {
    return loadSettings(flags, env, { requirements });
  } catch (error) {
    if (error instanceof MigrateError) return error;
    throw error;
  }
}

function described({ settings, origins }: Loaded): string {
  const { litellmUrl, litellmConfig, litellmDbUrl, bifrostUrl, bifrostApiKey } = settings;
  return [
    `LiteLLM ${litellmUrl} (${origins.litellmUrl})`,
    `config file ${given(litellmConfig, origins, 'litellmConfig')}`,
    `database ${litellmDbUrl === null ? 'not given' : `given (${origins.litellmDbUrl})`}`,
    `salt key ${origins.litellmSaltKey === 'default' ? 'not given, the master key is taken' : `given (${origins.litellmSaltKey})`}`,
    `Bifrost ${bifrostUrl} (${origins.bifrostUrl})`,
    `Bifrost credentials ${bifrostApiKey === null ? 'not given' : `given (${origins.bifrostApiKey})`}`,
  ].join(', ');
}

function given(value: string | null, origins: Origins, name: keyof Settings): string {
  return value === null ? 'not given' : `${value} (${origins[name]})`;
}
