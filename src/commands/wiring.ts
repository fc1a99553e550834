import type Database from 'better-sqlite3';
import { credentialFiles } from './credential-files.js';
import { MigrateError } from '../errors.js';
import { readRows } from '../report/read.js';
import { shownId } from '../report/words.js';
import type { CommandContext } from './command.js';
import type { Journal } from '../journal/journal.js';
import type { JournalRows } from '../report/rows.js';
import type { Listener, RunSummary } from '../engine/events.js';
import type { RecordKind } from '../sources/records.js';
import type { MigrateOptions } from '../engine/run.js';
import type { RollbackOptions, RollbackSummary } from '../engine/rollback.js';
import type { Secret } from '../secret.js';
import type { Settings } from '../config.js';
import type { Target } from '../target/target.js';
import type { Verification, VerifyOptions } from '../engine/verify.js';

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

/**
 * Reads the journal without changing it; works while a run is writing.
 *
 * @param teams as typed with --team: only what belongs to them is shown to `read`; null = everything
 */
export async function readJournal<T>(
  path: string,
  { now, toolVersion }: CommandContext,
  read: (database: Database.Database) => T,
  teams: readonly string[] | null = null,
): Promise<T> {
  const [{ openJournal }, { chooseTeams, narrowTo }] = await Promise.all([
    import('../journal/open.js'),
    import('../journal/team-choice.js'),
  ]);
  const journal = openJournal(path, { create: false, readonly: true, now, toolVersion });
  try {
    if (teams !== null) narrowTo(journal.db, chooseTeams(journal.db, teams));
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
    sayJournal(settings, listener);
    const names = await namesGiven(settings);
    const { openDryRunJournal, openJournal } = await import('../journal/open.js');
    const journal = settings.dryRun
      ? openDryRunJournal(settings.journal, { now, toolVersion })
      : openJournal(settings.journal, { create: mode === 'run', now, toolVersion });
    closers.push(() => journal.close());
    const { migrate, resumable } = await import('../engine/run.js');
    if (mode === 'resume') refuseHalfRolledBack(journal.runs.last());
    if (mode === 'resume' && !resumable(journal)) return 'nothing-to-resume';
    const exact = filter === null ? null : exactFilter(journal.db, filter);

    const ends = await openEnds({ context, settings, listener }, journal, closers);
    warnOfOpenGateway(ends.target, listener);
    const summary = await migrate({
      ...ends,
      journal,
      settings,
      listener,
      signal,
      now,
      random,
      mode,
      ...names,
      ...(exact === null ? {} : { filter: exact }),
    });
    return { summary, rows: readRows(journal.db) };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** The first line, before what takes a moment to load. */
function sayJournal({ journal, dryRun }: Settings, listener: Listener): void {
  listener({ type: 'note', message: `journal ${journal}${dryRun ? ' (a copy of it in memory)' : ''}` });
}

/** Read before anything else: a file that is wrong stops the run with nothing done. */
async function namesGiven({ names: path }: Settings): Promise<Pick<MigrateOptions, 'names'>> {
  if (path === null) return {};
  const { readNamesFile } = await import('../names-file.js');
  return { names: readNamesFile(path) };
}

/** Both ends, and what plans are made with. */
async function openEnds(
  { context, settings, listener }: Pick<Order, 'context' | 'settings' | 'listener'>,
  { fingerprint }: Pick<Journal, 'fingerprint'>,
  closers: (() => unknown)[],
): Promise<Pick<MigrateOptions, 'source' | 'target' | 'stages' | 'buildCatalog'>> {
  const { openSource } = await import('../sources/world.js');
  const source = await openSource(settings, fingerprint, { log: (message) => listener({ type: 'note', message }) });
  closers.push(() => source.close());
  const files = credentialFiles(fingerprint, source.secrets);
  const { connectTarget } = await import('../target/connect.js');
  const target = await connectTarget(settings, files.secrets);
  closers.push(() => target.close());
  const [{ stages }, { buildCatalog }] = await Promise.all([
    import('../stages/index.js'),
    import('../mapping/catalog.js'),
  ]);
  return {
    source,
    target,
    stages,
    buildCatalog: (facts) =>
      buildCatalog({ ...facts, environment: (name) => context.env[name], credentialFile: files.credentialFile }),
  };
}

/** Plans everything again and compares it with the gateway; works on a copy of the journal, and sends nothing but GETs. */
export async function readBack(
  order: Pick<Order, 'context' | 'settings' | 'listener'> & Pick<VerifyOptions, 'onKey'>,
): Promise<Verification> {
  const { context, listener, onKey } = order;
  const { signal, now, random, toolVersion } = context;
  const settings = { ...order.settings, dryRun: true };
  const closers: (() => unknown)[] = [];
  try {
    const names = await namesGiven(settings);
    sayJournal(settings, listener);
    const { openJournal } = await import('../journal/open.js');
    const original = openJournal(settings.journal, { create: false, readonly: true, now, toolVersion });
    const journal = closeAfter(original, () => original.copyForDryRun());
    closers.push(() => journal.close());
    const ends = await openEnds({ ...order, settings }, journal, closers);
    const { verify } = await import('../engine/verify.js');
    const hearing = onKey === undefined ? {} : { onKey };
    return await verify({ ...ends, ...names, journal, settings, listener, signal, now, random, ...hearing });
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

function closeAfter<T>(journal: Journal, work: () => T): T {
  try {
    return work();
  } finally {
    journal.close();
  }
}

type Undoing = Pick<RollbackOptions, 'force' | 'confirm' | 'listener'> & {
  readonly context: CommandContext;
  readonly settings: Settings;
};

/** The rollback, from the journal and Bifrost alone; a dry one reads a copy of the journal and sends only GETs. */
export async function undo({ context, settings, ...order }: Undoing): Promise<RollbackSummary> {
  const { signal, now, random, toolVersion } = context;
  const closers: (() => unknown)[] = [];
  try {
    const { openDryRunJournal, openJournal } = await import('../journal/open.js');
    const journal = settings.dryRun
      ? openDryRunJournal(settings.journal, { now, toolVersion })
      : openJournal(settings.journal, { create: false, now, toolVersion });
    closers.push(() => journal.close());
    const { connectTarget } = await import('../target/connect.js');
    const target = await connectTarget(settings, NO_SECRETS);
    closers.push(() => target.close());
    const { rollback } = await import('../engine/rollback.js');
    const { dryRun } = settings;
    return await rollback({ journal, target, dryRun, signal, now, random, ...order });
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** To go on with a rollback by writing again is nobody's wish; which of the two is meant has to be typed. */
function refuseHalfRolledBack(last: { readonly command: string; readonly outcome: string | null } | undefined): void {
  if (last?.command !== 'rollback' || last.outcome === 'complete') return;
  throw new MigrateError(
    'usage',
    'The last command on this journal was a rollback that did not finish.',
    'Type `migrate rollback` to finish it, or `migrate run` to migrate again.',
  );
}

/** No provider key is written with it: `migrate keys` only reads, a rollback only deletes. */
const NO_SECRETS = {
  reveal: (): string => {
    throw new Error('a command that writes no provider key asked for its secret');
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
