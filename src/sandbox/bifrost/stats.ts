import type { Call } from './gateway.js';

/** So many of the last writes are remembered one by one. */
const REMEMBERED = 10_000;

export type SeenWrite = { readonly method: string; readonly path: string; readonly at: number };

/** How many requests came, and how many of them could have changed something. */
export class Stats {
  #methods: Record<string, number> = {};
  #writes = 0;
  #seen: SeenWrite[] = [];

  /** `at` in milliseconds since 1970. */
  count({ method, path }: Pick<Call, 'method' | 'path'>, at: number): void {
    this.#methods[method] = (this.#methods[method] ?? 0) + 1;
    // Logging in changes nothing on the gateway.
    if (!['POST', 'PUT', 'DELETE'].includes(method) || !path.startsWith('/api/') || path === '/api/session/login')
      return;
    this.#writes += 1;
    this.#seen.push({ method, path, at });
    if (this.#seen.length > 2 * REMEMBERED) this.#seen = this.#seen.slice(-REMEMBERED);
  }

  /** The last writes, oldest first, and when each arrived. */
  writes(): readonly SeenWrite[] {
    return this.#seen.slice(-REMEMBERED);
  }

  show(): {
    readonly requests: number;
    readonly methods: { readonly [method: string]: number };
    readonly writes: number;
  } {
    const requests = Object.values(this.#methods).reduce((sum, count) => sum + count, 0);
    return { requests, methods: { ...this.#methods }, writes: this.#writes };
  }

  reset(): void {
    this.#methods = {};
    this.#writes = 0;
    this.#seen = [];
  }
}
