import { setMaxListeners } from 'node:events';
import type { Settings } from '../config.js';
import { failpoint } from '../failpoint.js';
import type { Journal } from '../journal/journal.js';
import type { KeyAlias } from '../journal/record-queries.js';
import type { RunOutcome } from '../journal/runs.js';
import { chooseTeams } from '../journal/team-choice.js';
import type { Catalog } from '../mapping/catalog.js';
import type { NameChoice, NameChoices } from '../mapping/name-choices.js';
import { naturalName } from '../mapping/names.js';
import { RECORD_KINDS, type RecordKind, type Source, type World } from '../sources/records.js';
import type { Stage } from '../stages/plan.js';
import type { Capabilities, Snapshot } from '../target/target.js';
import { Applier } from './apply.js';
import { realSleep, type Clock } from './clock.js';
import { planContext, type EngineContext } from './context.js';
import { dryTarget } from './dry-target.js';
import type { Listener, RunSummary } from './events.js';
import { readableKinds, takeIn, takeInWorld, type NaturalName } from './intake.js';
import { Interrupted } from './interrupted.js';
import { gapsOf, nameLeftOver, refusedToday } from './whole-update.js';
import { Pool } from './pool.js';
import { reconcile, settleVanished } from './reconcile.js';
import { finishRun, finishStopped } from './run-ending.js';
import { checkGoing, untouched, type ComparingTarget, type RunState } from './run-state.js';
import { runStage, type StageScope } from './stage-run.js';
import { compareWithTarget, wantedIn } from './target-truth.js';
import { namesOf, worldWith } from './name-scope.js';
import { nameTwins } from './twins.js';
import { Worker } from './work.js';

export type Mode = 'run' | 'resume' | 'retry';

/** What a catalog is built from, as the engine knows it once the source is taken in and the gateway is read. */
export type CatalogFacts = {
  readonly world: World;
  readonly settings: Settings;
  readonly capabilities: Capabilities;
  readonly snapshot: Snapshot;
  readonly existingProviders: readonly string[];
  readonly keyAliases: Iterable<KeyAlias>;
};

export type MigrateOptions = {
  readonly journal: Journal;
  readonly source: Source;
  readonly target: ComparingTarget;
  readonly settings: Settings;
  readonly stages: readonly Stage[];
  readonly buildCatalog: (facts: CatalogFacts) => Catalog;
  readonly listener: Listener;
  /** Aborting it sends nothing new; what is in flight is settled, and the outcome is `interrupted`. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: () => number;
  readonly mode: Mode;
  /** For retry: only these failed records. */
  readonly filter?: { readonly kind?: RecordKind; readonly id?: string };
  /** What the operator's names file says (settings.names), as typed there. */
  readonly names?: readonly NameChoice[];
  readonly sleep?: Clock['sleep'];
  readonly naturalName?: NaturalName;
};

/**
 * The whole migration. A dry run takes the same way over a copy of the journal and a target that sends nothing.
 *
 * @throws MigrateError when the run had to stop; the journal then says `stopped` and why, and a resume goes on.
 */
export async function migrate(options: MigrateOptions): Promise<RunSummary> {
  const { settings, source, stages, journal: given } = options;
  const journal = settings.dryRun && !given.dry ? given.copyForDryRun() : given;
  const target = settings.dryRun ? dryTarget(options.target) : options.target;
  journal.bindEnds(source.identity, target.identity, settings.rebind);
  const state = begin({ ...options, journal, target });
  try {
    await readSource(state, options);
    const names = namesOf(journal, options);
    state.snapshot = await target.snapshot();
    failpoint('snapshot.read'); // FAILPOINT
    await reconcile(state);
    if (state.intakeDone) settleVanished(state, readableKinds(source));
    const scope = scopeOf(state, options);
    await compareWithTarget(state, { recreate: settings.recreate, wanted: wantedIn(journal, scope) });
    const context = contextOf(state, options, names);
    if (state.update) {
      state.refused = refusedToday(state, context, scope.seenSince);
      state.gaps = gapsOf(source.world);
    }
    const worker = new Worker(state, context, new Applier(state));
    for (const stage of stages) await runStage(state, worker, stage, scope, state.stop);
    if (state.update && isWhole(options)) nameLeftOver(state);
    if (!state.dry) await nameTwins(state);
    return finish(state, 'complete');
  } catch (error) {
    const cause = state.stoppedBy ?? error;
    if (cause instanceof Interrupted) return finish(state, 'interrupted');
    finishStopped(state, cause);
    throw cause;
  } finally {
    state.release();
    if (journal !== given) journal.close();
  }
}

/**
 * Is there anything a resume would do? After an interrupted, stopped or killed run there is, after a finished one not. A
 * journal without a run was made by one that was killed while it read LiteLLM.
 */
export function resumable(journal: Journal): boolean {
  return journal.runs.last()?.outcome !== 'complete';
}

type Begun = RunState & {
  /** Ends the run because of an error: what is in flight is settled, nothing new is sent. */
  readonly stop: (error: unknown) => void;
  readonly release: () => void;
  readonly startedAt: number;
  /** The rows of the interrupted run are all there: a resume need not read the source again. */
  readonly hasIntake: boolean;
  /** This run has read the source to its end. */
  intakeDone: boolean;
  stoppedBy: unknown;
};

function begin(options: MigrateOptions): Begun {
  const { journal, source, target, settings, signal, now, random, mode } = options;
  const clock: Clock = { now, random, sleep: options.sleep ?? realSleep };
  const ending = new AbortController();
  // Every write that waits listens; dozens do at once.
  setMaxListeners(0, ending.signal);
  const onSignal = (): void => ending.abort();
  signal.addEventListener('abort', onSignal);
  if (signal.aborted) ending.abort();
  const hasIntake = mode === 'resume' && journal.runs.intakeToResume();
  const run = journal.runs.begin({
    command: settings.dryRun ? `${mode} --dry-run` : mode,
    toolVersion: journal.toolVersion,
    sourceVersion: source.world.dialect.version,
    targetVersion: target.capabilities.version,
  });
  failpoint('run.begun'); // FAILPOINT
  const state: Begun = {
    ...untouched(),
    run,
    dry: settings.dryRun,
    journal,
    target,
    clock,
    pool: new Pool(settings.concurrency, clock, ending.signal),
    signal: ending.signal,
    tell: options.listener,
    recreate: settings.recreate,
    update: settings.update,
    startedAt: now(),
    hasIntake,
    intakeDone: false,
    stoppedBy: null,
    stop: (error) => {
      if (!(error instanceof Interrupted)) state.stoppedBy ??= error;
      ending.abort();
    },
    release: () => signal.removeEventListener('abort', onSignal),
  };
  return state;
}

/**
 * A resume goes on with the records the interrupted run has taken in; only what is in memory anyway is compared again.
 * Otherwise the source is read anew.
 */
async function readSource(state: Begun, options: MigrateOptions): Promise<void> {
  const { journal, run, signal, tell } = state;
  const { source } = options;
  const intake = { journal, source, run, naturalName: options.naturalName ?? naturalName, signal, tell };
  if (state.hasIntake) takeInWorld(intake);
  else await takeIn(intake);
  state.intakeDone = !state.hasIntake;
  checkGoing(state);
}

function contextOf(state: Begun, options: MigrateOptions, names: NameChoices | undefined): EngineContext {
  const { settings, buildCatalog } = options;
  const world = worldWith(options, names);
  const { snapshot, target, journal } = state;
  const catalog = buildCatalog({
    world,
    settings,
    capabilities: target.capabilities,
    snapshot,
    existingProviders: snapshot.all('provider').map(({ name }) => name),
    keyAliases: journal.queries.keyAliases(),
  });
  const given = { world, settings, catalog, now: state.startedAt };
  return planContext(state, names === undefined ? given : { ...given, names });
}

/** Records seen when the source was last read completely; for a retry those of them that are not settled. */
function scopeOf(state: Begun, { settings, mode, filter }: MigrateOptions): StageScope {
  const wanted = (kind: RecordKind): boolean =>
    (settings.only?.includes(kind) ?? true) && (filter?.kind === undefined || filter.kind === kind);
  return {
    kinds: RECORD_KINDS.filter(wanted),
    which: mode === 'retry' ? 'outstanding' : 'all',
    id: filter?.id ?? null,
    seenSince: state.journal.runs.lastCompleteIntake() ?? state.run,
    teams: settings.team === null ? null : chooseTeams(state.journal.db, settings.team),
  };
}

function isWhole({ settings, mode, filter }: MigrateOptions): boolean {
  return settings.only === null && settings.team === null && mode !== 'retry' && filter === undefined;
}

function finish(state: Begun, outcome: RunOutcome): RunSummary {
  const counts = finishRun(state, outcome, null);
  const { run, dry, writesSent } = state;
  return { runId: run, outcome, dryRun: dry, writesSent, counts };
}
