import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../json.js';
import { finding, type Finding } from '../findings.js';
import { bounded } from './bounded.js';
import { Fields } from './fields.js';

/** An entry of model_list, read leniently; `id` is M2's hash, which does not move when a secret changes. */
export type FileEntry = {
  readonly id: string;
  readonly modelName: string;
  readonly params: Record<string, unknown>;
  readonly info: Record<string, unknown>;
  readonly rest: JsonObject;
  readonly notes: readonly Finding[];
};

export function readFileEntries(entries: readonly unknown[]): FileEntry[] {
  const seen = new Map<string, number>();
  return entries.map((entry, index) => {
    const identity = identityOf(entry);
    const ordinal = seen.get(identity) ?? 0;
    seen.set(identity, ordinal + 1);
    return readFileEntry(entry, index, `${identity}\0${ordinal}`);
  });
}

/** @param identity tells the entry from every other one. */
function readFileEntry(entry: unknown, index: number, identity: string): FileEntry {
  const fields = new Fields(isObject(entry) ? entry : {});
  const modelName = fields.text('model_name') ?? '';
  const params = { ...fields.object('litellm_params') };
  for (const name of ['tpm', 'rpm']) {
    const legacy = fields.raw(name);
    if (legacy !== null && (params[name] ?? null) === null) params[name] = legacy;
  }
  const notes = [...fields.notes];
  if (modelName === '' || typeof params.model !== 'string') {
    notes.push(
      finding(
        'loss',
        'odd_value',
        '',
        `Entry ${index + 1} of model_list has no model_name or no litellm_params.model.`,
      ),
    );
  }
  if (Array.isArray(params.organization)) {
    notes.push(
      finding(
        'change',
        'organization_list',
        'organization',
        'LiteLLM makes one deployment per listed organization; this is one deployment.',
      ),
    );
  }
  return {
    id: `file:${createHash('sha256').update(identity).digest('hex').slice(0, 16)}`,
    modelName: modelName === '' ? `model_list[${index}]` : modelName,
    params,
    info: fields.object('model_info'),
    rest: fields.rest(),
    notes,
  };
}

function identityOf(entry: unknown): string {
  const { model_name: name, litellm_params: params } = isObject(entry) ? entry : {};
  const { custom_llm_provider: provider, model, api_base: base, base_url: url } = isObject(params) ? params : {};
  return JSON.stringify([name, provider, model, withoutUserInfo(base ?? url)].map((part) => bounded(part ?? null)));
}

function withoutUserInfo(base: unknown): unknown {
  if (typeof base !== 'string' || !URL.canParse(base)) return base;
  const url = new URL(base);
  return url.username + url.password + url.search === '' ? base : url.origin + url.pathname;
}
