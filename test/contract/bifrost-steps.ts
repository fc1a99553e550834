import { at, type Recordings } from './bifrost-recordings.js';

/**
 * The recordings in an order in which they can happen, with the requests that were sent between them without being recorded.
 * A version without a recording of that name skips it.
 */
export type Step =
  | { readonly recording: string }
  | {
      readonly setup: (rec: Lookup) => { readonly method: string; readonly path: string; readonly body?: unknown };
      /** Recorded id → where this run's id stands in the answer. */
      readonly binds?: (rec: Lookup) => { readonly [recorded: string]: string };
    };
export type Lookup = (name: string, path: string) => string;
export type Scene = {
  readonly title: string;
  readonly steps: readonly Step[];
  /** Needs a gateway of its own, also when live. */ readonly auth?: boolean;
};

/** Recordings that no order of requests brings about again. They are provoked as faults in bifrost-faults.test.ts. */
export const NEEDS_CONCURRENCY: readonly string[] = [
  'key-create-database-locked',
  'model-config-create-database-locked',
  'vk-put-database-locked',
  'vk-delete-database-locked',
];

export function lookupIn(recordings: Recordings): Lookup {
  return (name, path) => {
    const recording = recordings.get(name);
    if (!recording) throw new Error(`no recording ${name}`);
    return String(at(recording, path));
  };
}

export function recorded(text: string): readonly Step[] {
  return text
    .trim()
    .split(/\s+/)
    .map((recording) => ({ recording }));
}

export function request(method: string, path: string, body?: unknown): Step {
  return { setup: () => ({ method, path, ...(body === undefined ? {} : { body }) }) };
}
