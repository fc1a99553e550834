import { isObject } from '../json.js';
import type { ConfigFile } from './config-yaml.js';
import { Fields, type Row } from './fields.js';

type Section = Record<string, unknown>;

/** The settings LiteLLM works with: the file's, overlaid by rows of LiteLLM_Config (L§2.5). Hold secrets. */
export type MergedSettings = {
  readonly router: Section;
  readonly litellm: Section;
  readonly general: Section;
  readonly environment: Section;
};

/** @param stored rows of LiteLLM_Config, or none when the proxy does not store models in its database. */
export function mergeSettings(file: ConfigFile, stored: readonly Row[]): MergedSettings {
  const rows = new Map(stored.map((row) => [row.param_name, new Fields(row).object('param_value')]));
  return {
    router: overlay(file.routerSettings, rows.get('router_settings') ?? {}),
    litellm: overlay(file.litellmSettings, rows.get('litellm_settings') ?? {}),
    general: overlay(file.generalSettings, rows.get('general_settings') ?? {}),
    environment: overlay(file.environmentVariables, rows.get('environment_variables') ?? {}),
  };
}

/** Rows LiteLLM's own jobs keep there (L§2.5), and what mergeSettings reads. */
const KNOWN_ROWS = new Set(
  (
    'router_settings litellm_settings general_settings environment_variables model_cost_map_reload_config ' +
    'anthropic_beta_headers_reload_config'
  ).split(' '),
);

/** Other rows of LiteLLM_Config (cloudzero_settings, …): parts of LiteLLM that a gateway has no place for. */
export function otherConfigRows(stored: readonly Row[]): string[] {
  return stored.flatMap(({ param_name: name, param_value: value }) =>
    typeof name === 'string' && name !== '' && !KNOWN_ROWS.has(name) && value !== null && value !== undefined
      ? [name]
      : [],
  );
}

/** Deep, the database over the file; null and empty lists of the database are ignored (L§2.5). */
function overlay(file: Section, stored: Section): Section {
  const merged = new Map(Object.entries(file));
  for (const [name, value] of Object.entries(stored)) {
    if (value === null || (Array.isArray(value) && value.length === 0)) continue;
    const present = merged.get(name);
    merged.set(name, isObject(value) && isObject(present) ? overlay(present, value) : value);
  }
  return Object.fromEntries(merged);
}

/** Does the proxy read its models and settings from the database, too? Its environment may say so (L§2.5), the file does. */
export function storesModelInDatabase(file: ConfigFile): boolean {
  const { store_model_in_db: stored } = file.generalSettings;
  return stored === true || (typeof stored === 'string' && /^true$/i.test(stored));
}
