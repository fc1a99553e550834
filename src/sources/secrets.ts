import { createHmac } from 'node:crypto';
import type { Fingerprint, Secret, SecretRef, SecretStore } from '../secret.js';

/** Keeps secret values in memory, under stable names; what leaves it is a SecretRef. Prints nothing of what it holds. */
export class SecretVault implements SecretStore {
  readonly #values = new Map<string, string>();
  readonly #fingerprint: Fingerprint;
  readonly #saltKey: Secret;

  /** `saltKey` makes the tags: the same in every journal, and worthless without it. */
  constructor(fingerprint: Fingerprint, saltKey: Secret) {
    this.#fingerprint = fingerprint;
    this.#saltKey = saltKey;
  }

  /** `name`, e.g. `deployment:<id>:api_key`, is the same in every run while the record is. */
  keep(name: string, value: string): SecretRef {
    this.#values.set(name, value);
    const tag = createHmac('sha256', this.#saltKey.reveal()).update(`tag\0${value}`).digest('hex').slice(0, 8);
    const bearer = /(^|[:.])authorization$/i.test(name) && BEARER.test(value);
    const text = bearer ? value.replace(BEARER, '') : value;
    return {
      $secret: name,
      fingerprint: this.#fingerprint(value),
      tag,
      ...(bearer && { scheme: 'Bearer' as const }),
      ...(/^(env|vault)\./.test(text) && { reserved: true as const }),
    };
  }

  /** @throws Error for a reference this source never gave out: a bug, or LiteLLM no longer has the record. */
  reveal(ref: SecretRef): string {
    const value = this.#values.get(ref.$secret);
    if (value === undefined) throw new Error(`LiteLLM no longer holds the secret ${ref.$secret}`);
    return ref.scheme === 'Bearer' ? value.replace(BEARER, '') : value;
  }
}

const BEARER = /^bearer\s+/i;
