import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isObject } from '../json.js';
import type { Fingerprint, SecretRef, SecretStore } from '../secret.js';

/** Service account files are some kilobytes; whatever is larger is not one. */
const MAX_BYTES = 64 * 1024;

export type CredentialFiles = {
  /** A reference to the content of a credentials file on this machine; undefined when there is none (mapping.md M16). */
  readonly credentialFile: (path: string) => SecretRef | undefined;
  /** The given store, and the files that were referred to. */
  readonly secrets: SecretStore;
};

/** Lets the mapping refer to `vertex_credentials: /path/to/key.json` without holding what is in it. */
export function credentialFiles(fingerprint: Fingerprint, secrets: SecretStore): CredentialFiles {
  const contents = new Map<string, string>();
  return {
    credentialFile(path) {
      const text = contents.get(path) ?? readCredentials(path);
      if (text === undefined) return undefined;
      contents.set(path, text);
      // The path names it in every journal; what is in the file may change.
      const tag = createHash('sha256').update(path).digest('hex').slice(0, 8);
      return { $secret: reference(path), fingerprint: fingerprint(text), tag };
    },
    secrets: {
      reveal: (ref) => {
        const path = ref.$secret.startsWith(PREFIX) ? ref.$secret.slice(PREFIX.length) : null;
        return (path === null ? undefined : contents.get(path)) ?? secrets.reveal(ref);
      },
    },
  };
}

const PREFIX = 'file:';

function reference(path: string): string {
  return `${PREFIX}${path}`;
}

function readCredentials(path: string): string | undefined {
  try {
    const stat = statSync(path);
    if (!stat.isFile() || stat.size > MAX_BYTES) return undefined;
    const text = readFileSync(path, 'utf8');
    const content: unknown = JSON.parse(text);
    // The path comes from LiteLLM's database: no other JSON file of this machine is to be sent anywhere.
    return isObject(content) && typeof content['type'] === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}
