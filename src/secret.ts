import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';

/** A value that must not be seen: prints as *** everywhere, reveal() is the only way out. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }

  [inspect.custom](): string {
    return 'Secret(***)';
  }
}

/**
 * Tells equal secrets apart from different ones without keeping them: HMAC-SHA256 under a random key that lives in one
 * journal only, so that fingerprints of two journals cannot be compared. 32 hexadecimal characters.
 */
export type Fingerprint = (value: string) => string;

export function fingerprinter(key: Buffer): Fingerprint {
  return (value) => createHmac('sha256', key).update(value, 'utf8').digest('hex').slice(0, 32);
}

/**
 * Where a secret stands in a record or a request body: the world deals the value when the request is sent,
 * the journal only ever sees the fingerprint.
 */
export type SecretRef = {
  readonly $secret: string;
  readonly fingerprint: string;
  /**
   * 8 hexadecimal characters of an HMAC under the salt key: equal in every journal, so that names built from it stay the
   * same from run to run; worthless to whoever lacks the salt key.
   */
  readonly tag?: string;
  /** `Bearer` when the value is an Authorization header of that scheme: the bare token is dealt, not the header. */
  readonly scheme?: 'Bearer';
  /** The value begins with `env.` or `vault.`: Bifrost would take it for a reference (mapping.md M4). */
  readonly reserved?: true;
};

export function isSecretRef(value: unknown): value is SecretRef {
  return typeof value === 'object' && value !== null && '$secret' in value && 'fingerprint' in value;
}

/** Deals the value behind a SecretRef; asked only while a request is built. */
export interface SecretStore {
  reveal(ref: SecretRef): string;
}
