import type { GatewayConfig } from './config.js';
import type { Personality } from './personality.js';
import type { State } from './state.js';

/** One pretended gateway: its state and everything it takes from outside. */
export type Gateway = {
  readonly personality: Personality;
  state: State;
  config: GatewayConfig;
  /** The gateway's own environment, where `env.NAME` secrets come from (B§4.3). */
  readonly env: { readonly [name: string]: string | undefined };
  /** What the upstream of a provider lists; without an entry loopback addresses list DEFAULT_LISTED, others fail. */
  readonly listedModels: { readonly [provider: string]: readonly string[] | null };
  now(): Date;
  newId(): string;
  /** A number in [0, 1): only inference draws. */
  random(): number;
  /** A time as the gateway prints it. */
  stamp(time: Date): string;
};

/** One request, decoded as far as every handler needs it. */
export type Call = {
  readonly method: string;
  readonly path: string;
  /** Segments of the path that the route names, URL-decoded. */
  readonly params: { readonly [name: string]: string };
  readonly query: URLSearchParams;
  readonly headers: { readonly [name: string]: string };
  readonly text: string;
};

/** `2026-11-22T10:50:53.869Z`: RFC 3339, trailing zeros of the fraction left out. */
export function rfc3339(time: Date): string {
  return time.toISOString().replace(/\.?0+Z$/, 'Z');
}
