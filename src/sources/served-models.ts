import type { ServedModel } from './api-models.js';
import type { FileEntry } from './file-entries.js';
import { isReference } from './secret-names.js';

/**
 * Which served deployment a model_list entry became: by its own model_info.id, else by name, model and base URL, which the
 * API shows resolved (L§1.5); LiteLLM's id of a file entry cannot be computed here, it hashes the secrets.
 * Equal entries are paired in order. Index of the entry → served model.
 */
export function matchFileEntries(
  entries: readonly FileEntry[],
  served: readonly ServedModel[],
): Map<number, ServedModel> {
  const free = new Set(served);
  const matches = new Map<number, ServedModel>();
  // Exact base URLs first, so that an entry with a reference does not take the row of one that names its URL.
  for (const accepts of [sameId, sameBase, compatible]) {
    entries.forEach((entry, index) => {
      if (matches.has(index)) return;
      for (const model of free) {
        if (!accepts(entry, model)) continue;
        matches.set(index, model);
        free.delete(model);
        return;
      }
    });
  }
  return matches;
}

function sameId(entry: FileEntry, model: ServedModel): boolean {
  const { id } = entry.info;
  return model.id !== null && (typeof id === 'string' || typeof id === 'number') && String(id) === model.id;
}

function sameBase(entry: FileEntry, model: ServedModel): boolean {
  return compatible(entry, model) && (baseOf(entry.params) ?? null) === (baseOf(model.params) ?? null);
}

function compatible(entry: FileEntry, model: ServedModel): boolean {
  const base = baseOf(entry.params);
  return (
    hasName(entry.modelName, model) &&
    (!model.exactNames || agrees(entry.params.model, model.params.model)) &&
    (base == null || agrees(base, baseOf(model.params)))
  );
}

/** v1 of newer releases lists what a wildcard explodes into, not the wildcard itself. */
function hasName(name: string, model: ServedModel): boolean {
  if (isReference(name) || model.names.includes(name)) return true;
  const [prefix = '', suffix] = name.split('*');
  return !model.exactNames && suffix !== undefined && model.names.some((shown) => shown.startsWith(prefix));
}

function agrees(written: unknown, shown: unknown): boolean {
  return written === shown || (typeof written === 'string' && isReference(written));
}

function baseOf(params: Readonly<Record<string, unknown>>): unknown {
  return params.api_base ?? params.base_url;
}
