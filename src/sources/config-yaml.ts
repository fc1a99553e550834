import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { MigrateError, reasonOf } from '../errors.js';
import { isObject } from '../json.js';
import { PYTHON_SCALARS } from './yaml-scalars.js';

/** config.yaml after `include:`; of the top-level members no rule reads only the names (L§3.1). Holds secrets. */
export type ConfigFile = {
  readonly modelList: readonly unknown[];
  readonly credentialList: readonly unknown[];
  readonly routerSettings: Record<string, unknown>;
  readonly litellmSettings: Record<string, unknown>;
  readonly generalSettings: Record<string, unknown>;
  readonly environmentVariables: Record<string, unknown>;
  readonly otherSections: readonly string[];
};

export const EMPTY_CONFIG: ConfigFile = {
  modelList: [],
  credentialList: [],
  routerSettings: {},
  litellmSettings: {},
  generalSettings: {},
  environmentVariables: {},
  otherSections: [],
};

const SECTIONS = new Set(
  'include model_list credential_list router_settings litellm_settings general_settings environment_variables'.split(
    ' ',
  ),
);

/**
 * Reads LiteLLM's config file as LiteLLM does (L§3.1, §3.2). `os.environ/NAME` stays text.
 * @throws MigrateError config_unreadable (file or include missing), config_invalid (not YAML, wrong shape), with file and line.
 */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const merged = await readMapping(path, 'LITELLM_CONFIG');
  const included = merged.include;
  if (included !== undefined && included !== null) {
    if (!Array.isArray(included) || included.some((entry) => typeof entry !== 'string')) {
      throw invalid(
        path,
        '`include` is not a list of file names',
        'Write it as LiteLLM wants it: include: [a.yaml, b.yaml].',
      );
    }
    for (const name of included as string[])
      include(merged, await readMapping(resolve(dirname(path), name), `include of ${path}`));
  }
  return {
    modelList: listMember(path, merged, 'model_list'),
    credentialList: listMember(path, merged, 'credential_list'),
    routerSettings: mappingMember(path, merged, 'router_settings'),
    litellmSettings: mappingMember(path, merged, 'litellm_settings'),
    generalSettings: mappingMember(path, merged, 'general_settings'),
    environmentVariables: mappingMember(path, merged, 'environment_variables'),
    otherSections: Object.keys(merged).filter((name) => !SECTIONS.has(name)),
  };
}

/** Lists are extended, everything else is replaced whole; an `include` inside is not followed (L§3.2). */
function include(into: Record<string, unknown>, from: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(from)) {
    if (name === '__proto__') continue;
    const present = into[name];
    into[name] =
      Array.isArray(value) && Array.isArray(present) ? [...(present as unknown[]), ...(value as unknown[])] : value;
  }
}

async function readMapping(path: string, origin: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new MigrateError(
      'config_unreadable',
      `LiteLLM's config file ${path} (${origin}) cannot be read: ${reasonOf(error)}`,
      'Point LITELLM_CONFIG at the file the proxy was started with, and let this user read it.',
      { cause: error },
    );
  }
  return parseMapping(path, text);
}

/** Exported for tests: YAML text → mapping. Messages never quote the file, it may hold secrets. */
export function parseMapping(path: string, text: string): Record<string, unknown> {
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\uFEFF/, ''), {
    schema: 'failsafe',
    customTags: (tags) => [...tags, ...PYTHON_SCALARS],
    merge: true,
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter: lines,
  });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    const what = problem.code.toLowerCase().replaceAll('_', ' ');
    throw invalid(
      `${path}:${line}:${col}`,
      `not YAML (${what})`,
      'Correct that line; LiteLLM could not start with it either.',
    );
  }
  const value = toPlain(path, () => document.toJS({ maxAliasCount: 10_000 }) as unknown);
  if (value === null || value === undefined) return {};
  if (!isObject(value))
    throw invalid(
      `${path}:1`,
      'the top level is not a mapping',
      'Point LITELLM_CONFIG at the config.yaml of the proxy.',
    );
  return value;
}

function toPlain(path: string, convert: () => unknown): unknown {
  try {
    return convert();
  } catch (error) {
    throw invalid(path, reasonOf(error), 'Check its anchors and aliases.', error);
  }
}

function listMember(path: string, config: Record<string, unknown>, name: string): readonly unknown[] {
  const value = config[name] ?? [];
  if (!Array.isArray(value)) throw invalid(path, `\`${name}\` is not a list`, `Write ${name} as a list.`);
  return value as unknown[];
}

function mappingMember(path: string, config: Record<string, unknown>, name: string): Record<string, unknown> {
  const value = config[name] ?? {};
  if (!isObject(value)) throw invalid(path, `\`${name}\` is not a mapping`, `Write ${name} as a mapping.`);
  return value;
}

function invalid(where: string, what: string, nextStep: string, cause?: unknown): MigrateError {
  return new MigrateError(
    'config_invalid',
    `LiteLLM's config file ${where}: ${what}`,
    nextStep,
    cause === undefined ? {} : { cause },
  );
}
