import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What a real gateway answered, one exchange per line (test/fixtures/bifrost). */
export type Recording = {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers?: { readonly [name: string]: string };
    /** A string is sent as it is; anything else as JSON. */
    readonly body?: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: { readonly [name: string]: string | readonly string[] };
    /** Parsed when the answer was JSON, else the text. */
    readonly body: unknown;
  };
  readonly note?: string;
};
export type RecordedVersion = '1.5.16' | '1.5.2';
export type Recordings = ReadonlyMap<string, Recording>;

export function loadRecordings(version: RecordedVersion): Recordings {
  const file = fileURLToPath(new URL(`../fixtures/bifrost/${version}/recordings.jsonl`, import.meta.url));
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return new Map(lines.map((line) => JSON.parse(line) as Recording).map((recording) => [recording.name, recording]));
}

/** A value inside a recording: `at(recording, 'response.body.team.id')`. */
export function at(recording: Recording, path: string): unknown {
  return path.split('.').reduce<unknown>((value, member) => (value as Record<string, unknown> | undefined)?.[member], recording);
}
