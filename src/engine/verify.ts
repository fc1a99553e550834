import { recordsIn } from '../journal/batches.js';
import type { Journal } from '../journal/journal.js';
import type { RecordRow } from '../journal/record-queries.js';
import type { NameChoices } from '../mapping/name-choices.js';
import { naturalName } from '../mapping/names.js';
import { RECORD_KINDS, type RecordKind, type SourceRecord } from '../sources/records.js';
import type { CreateWrite, Plan, PlannedRights, RecordState, Stage } from '../stages/plan.js';
import { realSleep } from './clock.js';
import { planContext, type EngineContext } from './context.js';
import { readableKinds, takeIn } from './intake.js';
import { Inspector, type ObjectCheck } from './inspection.js';
import { asNew, asPlanned } from './plan-anew.js';
import { Pool } from './pool.js';
import { namesOf, worldWith } from './name-scope.js';
import type { MigrateOptions } from './run.js';
import { untouched, type ComparingTarget, type RunState } from './run-state.js';
import type { SampledKey } from './sample.js';
import { worstOf, type Verdict } from './verdict.js';

export type VerifyOptions = Pick<
  MigrateOptions,
  'source' | 'target' | 'settings' | 'stages' | 'buildCatalog' | 'listener' | 'signal' | 'now' | 'random' | 'names'
> & {
  /** A copy: what is read from LiteLLM is compared in it. */
  readonly journal: Journal;
  /** Hears of every virtual key that was written and what it may call, while the records are worked through. */
  readonly onKey?: (key: SampledKey, rights: PlannedRights, active: boolean) => void;
};

/** One record that is not on Bifrost as planned. */
export type RecordCheck = {
  readonly kind: RecordKind;
  readonly id: string;
  readonly name: string;
  readonly bifrostName: string | null;
  readonly verdict: Exclude<Verdict, 'ok'>;
  /** What is to be said of the record itself; what is wrong with its objects is said there. */
  readonly message: string | null;
  readonly objects: readonly { readonly kind: string; readonly name: string; readonly verdict: Verdict }[];
};

export type KindVerdicts = { readonly kind: RecordKind; readonly read: number } & {
  readonly [V in Verdict]: number;
} & {
  /** Skipped or failed, as the report says: nothing of them can be on Bifrost. */
  readonly notCarried: number;
};

export type Verification = {
  readonly source: string;
  readonly target: string;
  readonly clean: boolean;
  readonly counts: readonly KindVerdicts[];
  /** Those that are not ok, in the order of the journal. */
  readonly records: readonly RecordCheck[];
  /** Objects that are not as planned, each once, however many records need it. */
  readonly objects: readonly ObjectCheck[];
};

/**
 * Plans every record again, from LiteLLM as it is now and with the names the journal gave, and compares each planned object
 * with the one on the gateway. Sends nothing.
 *
 * @throws MigrateError when one of the ends cannot be read.
 */
export async function verify(options: VerifyOptions): Promise<Verification> {
  const { journal, source, target, settings } = options;
  journal.bindEnds(source.identity, target.identity, false);
  const state = await prepare(options);
  const context = asPlanned(contextOf(state, options, namesOf(journal, options)));
  const inspector = new Inspector(state);
  const vanished = new Set(journal.queries.vanished(readableKinds(source), state.run).map(({ seq }) => seq));
  const counts: KindVerdicts[] = [];
  const records: RecordCheck[] = [];
  for (const kind of RECORD_KINDS.filter((one) => settings.only?.includes(one) ?? true)) {
    const tally = { kind, read: 0, ok: 0, missing: 0, wider: 0, changed: 0, narrower: 0, notCarried: 0 };
    for (const row of recordsIn(journal.queries, { kind, which: 'all', id: null, seenSince: 0 })) {
      const idle = vanished.has(row.seq) || row.status === 'skipped' || row.status === 'failed';
      const plans = idle ? [] : plansOf(row, options.stages, context);
      if (options.onKey !== undefined) tellKey(row, plans, options.onKey);
      const check = await checkRecord(row, vanished.has(row.seq) ? null : plans, inspector);
      context.forget(row.kind, row.id);
      tally.read += 1;
      tally[check === null ? 'notCarried' : check.verdict] += 1;
      if (check !== null && check.verdict !== 'ok') records.push(check as RecordCheck);
    }
    if (tally.read > 0) counts.push(tally);
  }
  const clean = records.length === 0;
  return { source: source.identity, target: target.identity, clean, counts, records, objects: inspector.problems() };
}

async function prepare({ journal, source, target, ...options }: VerifyOptions): Promise<RunState> {
  const { listener, signal, now, random } = options;
  const clock = { now, random, sleep: realSleep };
  const run = journal.runs.begin({
    command: 'verify',
    toolVersion: journal.toolVersion,
    sourceVersion: source.world.dialect.version,
    targetVersion: target.capabilities.version,
  });
  await takeIn({ journal, source, run, naturalName, signal, tell: listener });
  return {
    ...untouched(),
    run,
    dry: true,
    journal,
    target,
    clock,
    pool: new Pool(1, clock, signal),
    signal,
    tell: listener,
    snapshot: await target.snapshot(),
    recreate: false,
    update: false,
  };
}

function contextOf(state: RunState, options: VerifyOptions, names: NameChoices | undefined): EngineContext {
  const { settings, buildCatalog, now } = options;
  const world = worldWith(options, names);
  const { snapshot, journal } = state;
  const target: ComparingTarget = state.target;
  const catalog = buildCatalog({
    world,
    settings,
    capabilities: target.capabilities,
    snapshot,
    existingProviders: snapshot.all('provider').map(({ name }) => name),
    keyAliases: journal.queries.keyAliases(),
  });
  const given = { world, settings, catalog, now: now() };
  return planContext(state, names === undefined ? given : { ...given, names });
}

type Checked = Omit<RecordCheck, 'verdict'> & { readonly verdict: Verdict };

function tellKey(row: RecordRow, plans: readonly Plan[], onKey: NonNullable<VerifyOptions['onKey']>): void {
  const { id, displayName: name, bifrostId } = row;
  if (row.kind !== 'virtual_key' || row.status !== 'written' || bifrostId === null) return;
  for (const plan of plans) {
    if (plan.outcome !== 'write' || plan.rights === undefined) continue;
    const create = plan.writes.find((write) => write.action === 'create' && write.kind === 'virtual_key');
    if (create?.action === 'create') onKey({ id, name, bifrostId }, plan.rights, create.body['is_active'] !== false);
  }
}

/** `plans` null = LiteLLM has the record no longer. The answer is null for what is not carried, as the report says why. */
async function checkRecord(
  row: RecordRow,
  plans: readonly Plan[] | null,
  inspector: Inspector,
): Promise<Checked | null> {
  const { kind, id, displayName: name, bifrostName, status } = row;
  const about = { kind, id, name, bifrostName };
  if (status === 'skipped' || status === 'failed') return null;
  if (plans === null) return status === 'written' ? { ...about, ...afterlife(row, inspector), objects: [] } : null;
  const creates = plans.flatMap((plan) => (plan.outcome === 'write' ? plan.writes : [])).filter(isCreate);
  if (status === 'pending') {
    if (creates.length === 0) return null;
    return { ...about, verdict: 'missing', message: 'not written yet', objects: [] };
  }
  const refused = plans.find(({ outcome }) => outcome !== 'write' && outcome !== 'settled');
  if (refused !== undefined && 'message' in refused) {
    // A key LiteLLM refuses by now (expired, say) still opens on Bifrost what it opened.
    const verdict = kind === 'virtual_key' && refused.outcome === 'skipped' ? 'wider' : 'changed';
    return { ...about, verdict, message: `would not be carried today: ${refused.message}`, objects: [] };
  }
  const checks: { kind: string; name: string; verdict: Verdict }[] = [];
  for (const create of creates) {
    const verdict = await inspector.check(create, { kind, id, name });
    if (verdict !== 'ok') checks.push({ kind: create.kind, name: create.name, verdict });
  }
  return { ...about, verdict: worstOf(checks.map(({ verdict }) => verdict)), message: null, objects: checks };
}

/** What became of a record LiteLLM has no longer: only a key matters, which LiteLLM would refuse. */
function afterlife(
  row: RecordRow,
  inspector: Inspector,
): { readonly verdict: Verdict; readonly message: string | null } {
  const open = row.kind === 'virtual_key' && inspector.isActive(row);
  return open
    ? { verdict: 'wider', message: 'no longer in LiteLLM, which refuses it; on Bifrost it works' }
    : { verdict: 'ok', message: null };
}

/** The same stages in the same order as a run, each as if the record came to it for the first time. */
function plansOf(row: RecordRow, stages: readonly Stage[], context: EngineContext): readonly Plan[] {
  const record = JSON.parse(row.json) as SourceRecord;
  const anew = asNew(row);
  const written: RecordState = { ...anew, status: 'written' };
  return stages
    .filter(({ kinds }) => (kinds as readonly string[]).includes(row.kind))
    .flatMap((stage) => {
      // Rules are planned for what is written.
      if (stage.name === 'routing') return row.status === 'written' ? [stage.plan(record, written, context)] : [];
      const first = stage.plan(record, anew, context);
      const again = first.outcome === 'write' && first.again === true && row.status === 'written';
      return again ? [first, stage.plan(record, written, context)] : [first];
    });
}

function isCreate(write: { readonly action: string }): write is CreateWrite {
  return write.action === 'create';
}
