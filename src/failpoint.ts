import { appendFileSync } from 'node:fs';

/**
 * Places where a test kills the process: every boundary around commits of the journal and requests. Each is tagged
 * FAILPOINT and does nothing unless MIGRATE_FAILPOINT is set:
 *  `send.after`    the first time that place is passed
 *  `send.after:3`  the third time
 *  `any:17`        the seventeenth passing of any place; `17` alone says the same
 * MIGRATE_FAILPOINT_COUNT names a file that gets one line per passing: its number, the place, and what it was about.
 */
export const FAILPOINTS = [
  'lock.taken',
  'journal.opened',
  'run.begun',
  'intake.batch',
  'intake.complete',
  'snapshot.read',
  'reconcile.before',
  'reconcile.settled',
  'reconcile.after',
  'target.compared',
  'commit.before',
  'commit.after',
  'send.before',
  'send.written',
  'send.answered',
  'send.after',
  'look.again',
  'update.read',
  'settle.before',
  'settle.after',
  'record.before',
  'record.after',
  'stage.finished',
  'run.finish',
  'run.finished',
  'journal.closed',
] as const;
export type FailpointName = (typeof FAILPOINTS)[number];

type Handler = (name: FailpointName, reached: number, about: string) => void;

let handler: Handler | null = fromEnvironment(process.env);
let reached = 0;

/** `about`: for whoever counts passings, e.g. `POST customer`. */
export function failpoint(name: FailpointName, about = ''): void {
  if (handler === null) return;
  reached += 1;
  handler(name, reached, about);
}

/** Someone is to be told of passings; what costs something to notice need not be noticed otherwise. */
export function failpointsWatched(): boolean {
  return handler !== null;
}

/** In-process crash tests put their own handler here; null disarms. The running number starts again. */
export function onFailpoint(next: Handler | null): void {
  handler = next;
  reached = 0;
}

function fromEnvironment(env: NodeJS.ProcessEnv): Handler | null {
  const handlers = [counting(env['MIGRATE_FAILPOINT_COUNT']), armed(env['MIGRATE_FAILPOINT'])].filter(
    (one) => one !== null,
  );
  if (handlers.length === 0) return null;
  return (...passing) => {
    for (const one of handlers) one(...passing);
  };
}

/** Written at once: a killed process has counted how far it came. */
function counting(file: string | undefined): Handler | null {
  if (file === undefined || file === '') return null;
  return (name, count, about) => appendFileSync(file, `${count} ${name} ${about}`.trimEnd() + '\n', { mode: 0o600 });
}

function armed(wanted: string | undefined): Handler | null {
  if (wanted === undefined || wanted === '') return null;
  const [name = '', times = '1'] = /^\d+$/.test(wanted) ? ['any', wanted] : wanted.split(':');
  let left = Number(times);
  return (at) => {
    if (name !== 'any' && at !== name) return;
    left -= 1;
    if (left === 0) die();
  };
}

/** Not process.exit: nothing may run after it, neither handlers nor a rollback. */
function die(): void {
  process.kill(process.pid, 'SIGKILL');
}
