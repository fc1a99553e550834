import type { Call } from './gateway.js';

/** How many requests came, and how many of them could have changed something. */
export class Stats {
  #methods: Record<string, number> = {};
  #writes = 0;

  count({ method, path }: Pick<Call, 'method' | 'path'>): void {
    this.#methods[method] = (this.#methods[method] ?? 0) + 1;
    // Logging in changes nothing on the gateway.
    if (['POST', 'PUT', 'DELETE'].includes(method) && path.startsWith('/api/') && path !== '/api/session/login')
      this.#writes += 1;
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
  }
}
