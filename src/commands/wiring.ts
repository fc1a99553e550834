import type Database from 'better-sqlite3';
import { credentialFiles } from './credential-files.js';
import { MigrateError } from '../errors.js';
import { readRows } from '../report/read.js';
import { shownId } from '../report/words.js';
import type { CommandContext } from './command.js';
import type { JournalRows } from '../report/rows.js';
import type { Listener, RunSummary } from '../engine/events.js';
import type { RecordKind } from '../sources/records.js';
import type { Secret } from '../secret.js';
import type { Settings } from '../config.js';
import type { Target } from '../target/target.js';

/**
 * The one place where commands meet journal, sources, target, mapping, stages and engine. Each is loaded when it is
 * needed: a report needs no HTTP client.
 */

export type Mode = 'run' | 'resume' | 'retry';
/** Which failed records a retry is about. */
export type Filter = { readonly kind?: RecordKind; readonly id?: string };
export type CarriedOut = { readonly summary: RunSummary; readonly rows: JournalRows };

type Order = {
  readonly context: CommandContext;
  readonly settings: Settings;
  readonly mode: Mode;
  readonly filter: Filter | null;
  readonly listener: Listener;
};

/** Reads the journal without changing it; works while a run is writing. */
export async function readJournal<T>(
  path: string,
  { now, toolVersion }: CommandContext,
  read: (database: Database.Database) => T,
): Promise<T> {
  const { openJournal } = await import('../journal/open.js');
  const journal = openJournal(path, { create: false, readonly: true, now, toolVersion });
  try {
    return read(journal.db);
  } finally {
    journal.close();
  }
}

/** The values of all virtual keys, asked of Bifrost while iterated; only from the gateway the journal belongs to. */
export async function* newKeyValues(
  settings: Settings,
  boundTo: string | null,
): AsyncIterable<{ readonly id: string; readonly value: Secret }> {
  const [{ connectTarget }, { fetchVirtualKeyValues }] = await Promise.all([
    import('../target/connect.js'),
    import('../target/secret-values.js'),
  ]);
  const target = await connectTarget(settings, NO_SECRETS);
  try {
    if (boundTo !== null && boundTo !== target.identity) {
      throw new MigrateError(
        'journal_other_ends',
        `The journal ${settings.journal} belongs to Bifrost at ${boundTo}, not ${target.identity}.`,
        'Set BIFROST_URL to that gateway, or name another journal with --journal.',
      );
    }
    yield* fetchVirtualKeyValues(target);
  } finally {
    await target.close();
  }
}

/** Both ends opened, the engine run to its end, the journal read for the last screen; everything closed again. */
export async function carryOut({
  context,
  settings,
  mode,
  filter,
  listener,
}: Order): Promise<CarriedOut | 'nothing-to-resume'> {
  const { signal, now, random, toolVersion } = context;
  const closers: (() => unknown)[] = [];
  try {
    const { openDryRunJournal, openJournal } = await import('../journal/open.js');
    const journal = settings.dryRun
      ? openDryRunJournal(settings.journal, { now, toolVersion })
      : openJournal(settings.journal, { create: mode === 'run', now, toolVersion });
    closers.push(() => journal.close());
    const { migrate, resumable } = await import('../engine/run.js');
    if (mode === 'resume' && !resumable(journal)) return 'nothing-to-resume';
    const exact = filter === null ? null : exactFilter(journal.db, filter);

    const { openSource } = await import('../sources/world.js');
    const source = await openSource(settings, journal.fingerprint, {
      log: (message) => listener({ type: 'note', message }),
    });
    closers.push(() => source.close());
    const files = credentialFiles(journal.fingerprint, source.secrets);
    const { connectTarget } = await import('../target/connect.js');
    const target = await connectTarget(settings, files.secrets);
    closers.push(() => target.close());
    warnOfOpenGateway(target, listener);

    const [{ stages }, { buildCatalog }] = await Promise.all([
      import('../stages/index.js'),
      import('../mapping/catalog.js'),
    ]);
    const summary = await migrate({
      journal,
      source,
      target,
      settings,
      stages,
      buildCatalog: (facts) =>
        buildCatalog({ ...facts, environment: (name) => context.env[name], credentialFile: files.credentialFile }),
      listener,
      signal,
      now,
      random,
      mode,
      ...(exact === null ? {} : { filter: exact }),
    });
    return { summary, rows: readRows(journal.db) };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** Nothing is written with it: `migrate keys` only reads. */
const NO_SECRETS = {
  reveal: (): string => {
    throw new Error('a command that only reads asked for a provider secret');
  },
};

/** `--id` may be the start of an id, as reports show it for virtual keys; it must mean one record. */
function exactFilter(database: Database.Database, { kind, id }: Filter): Filter {
  if (id === undefined) return kind === undefined ? {} : { kind };
  const found = database
    .prepare<[{ id: string; kind: string | null }], { kind: RecordKind; id: string }>(
      `SELECT kind, source_id AS id FROM records
        WHERE (source_id = @id OR substr(source_id, 1, length(@id)) = @id) AND (@kind IS NULL OR kind = @kind)
        ORDER BY source_id <> @id, kind LIMIT 3`,
    )
    .all({ id, kind: kind ?? null });
  const [first, second] = found;
  if (first === undefined)
    throw new MigrateError(
      'usage',
      `The journal has no record with the id "${id}".`,
      'migrate report lists the failed ones with their ids.',
    );
  if (second !== undefined && (first.id !== id || second.id === id)) {
    const some = found.map((record) => `${record.kind} ${shownId(record.kind, record.id)}`).join(', ');
    throw new MigrateError('usage', `"${id}" means several records: ${some}.`, 'Give more of the id, or --kind.');
  }
  return first;
}

function warnOfOpenGateway({ capabilities }: Target, listener: Listener): void {
  if (!capabilities.authEnabled) {
    listener({
      type: 'warning',
      message: 'the management API of Bifrost asks for no credentials: whoever reaches it can change it',
    });
  }
  if (!capabilities.inferenceNeedsVirtualKey) {
    listener({
      type: 'warning',
      message: 'Bifrost answers inference without a virtual key: limits and allow-lists bind only those who send one',
    });
  }
}
