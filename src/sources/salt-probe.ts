import { MigrateError } from '../errors.js';
import type { Secret } from '../secret.js';
import { decrypter, type Decrypter } from './decrypt.js';

/** Decrypts, and counts how well that goes: some values that do not open are odd rows, all of them a wrong key (M5). */
export type SaltProbe = {
  readonly decrypt: Decrypter;
  /** @throws MigrateError salt_key_wrong when values look encrypted and none has opened. */
  verify(): void;
};

export function saltProbe(saltKey: Secret): SaltProbe {
  const open = decrypter(saltKey.reveal());
  let opened = 0;
  let closed = 0;
  return {
    decrypt(stored) {
      const result = open(stored);
      if (result.kind === 'opened' && result.text !== '') opened++;
      if (result.kind === 'undecryptable') closed++;
      return result;
    },
    verify() {
      if (closed === 0 || opened > 0) return;
      throw new MigrateError(
        'salt_key_wrong',
        `None of the ${closed} encrypted value(s) in LiteLLM's database opens with this salt key`,
        'Set LITELLM_SALT_KEY to the value the proxy runs with; when it has none, leave it unset and check LITELLM_MASTER_KEY, which then encrypts.',
      );
    },
  };
}
