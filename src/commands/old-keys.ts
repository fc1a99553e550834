import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { MigrateError, reasonOf } from '../errors.js';
import { Secret } from '../secret.js';

/**
 * The keys of LiteLLM's callers, by their token hash: LiteLLM stores only the SHA-256 of a key, so the values come from
 * wherever the operator keeps them. Every text in the file that begins with `sk-` is taken for one, whatever stands beside
 * it (an alias, a hash): which key it is its own hash says, so a value that was rotated can be nobody else's.
 *
 * @throws MigrateError `config_unreadable`, or `config_invalid` when the file has no key at all. Neither quotes the file.
 */
export function readOldKeys(path: string): ReadonlyMap<string, Secret> {
  const found = new Map<string, Secret>();
  for (const value of valuesIn(contentOf(path)))
    found.set(createHash('sha256').update(value, 'utf8').digest('hex'), new Secret(value));
  if (found.size > 0) return found;
  throw new MigrateError(
    'config_invalid',
    `${path} holds no key of LiteLLM.`,
    'Give a CSV or JSON file with an alias or a token hash and the key (sk-…) of each caller.',
  );
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new MigrateError(
      'config_unreadable',
      `The file of LiteLLM keys ${path} cannot be read: ${reasonOf(error)}.`,
      'Correct --litellm-keys.',
      { cause: error },
    );
  }
}

function valuesIn(content: string): readonly string[] {
  const text = content.replace(/^\ufeff/, '');
  if (/^\s*[[{]/.test(text)) return textsOf(parsed(text)).filter(isKey);
  return text
    .split(/[\r\n,;\t"]+/)
    .map((cell) => cell.trim())
    .filter(isKey);
}

function isKey(text: string): boolean {
  return /^sk-\S{4,}$/.test(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No cause: it would quote the file.
    throw new MigrateError(
      'config_invalid',
      'The file of LiteLLM keys begins like JSON and is none.',
      'Correct the file named by --litellm-keys.',
    );
  }
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
