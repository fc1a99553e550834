import type { ObjectKind } from './objects.js';

/** Milliseconds a request may take, its answer included. */
export type Timeouts = {
  readonly read: number;
  /** Lists that grow with the number of virtual keys: 26 MB at 10,000 (B§13.3). */
  readonly list: number;
  readonly write: Readonly<Record<ObjectKind, number>>;
};

export const TIMEOUTS: Timeouts = {
  read: 60_000,
  list: 600_000,
  write: {
    // A keyless provider runs two discovery calls of up to 15 s; 1.5.2 waits 15 s on names it does not know (B§3.2, §3.8).
    provider: 90_000,
    // Up to 15 s of discovery, and on 1.5.2 every later key of the provider waits behind a hanging one (B§4.7).
    provider_key: 120_000,
    // A create on 1.5.16 costs some 10 µs per key already there, and several wait for each other (B§13.1).
    virtual_key: 120_000,
    model_config: 60_000,
    customer: 60_000,
    team: 60_000,
    user: 60_000,
    member: 60_000,
    routing_rule: 60_000,
    pricing_override: 60_000,
  },
};
