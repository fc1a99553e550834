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

/** `recordings` were made on their own, `variations` in one go and in this order. */
export function loadRecordings(version: RecordedVersion, file: 'recordings' | 'variations' = 'recordings'): Recordings {
  return new Map(readLines<Recording>(`${version}/${file}.jsonl`).map((recording) => [recording.name, recording]));
}

/** The lines of a file under test/fixtures/bifrost. */
export function readLines<Line>(file: string): readonly Line[] {
  const path = fileURLToPath(new URL(`../fixtures/bifrost/${file}`, import.meta.url));
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

/** A value inside a recording: `at(recording, 'response.body.team.id')`. */
export function at(recording: Recording, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, member) => (value as Record<string, unknown> | undefined)?.[member], recording);
}
