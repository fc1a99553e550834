/**
 * Places where a test kills the process (design: every boundary around journal commits and requests). Each place is
 * tagged FAILPOINT. Inert unless MIGRATE_FAILPOINT is set to a name (`send.after`: the first time), a name and a count
 * (`send.after:3`: the third time), or a number (`17`: the seventeenth failpoint reached, whatever its name).
 */
export const FAILPOINTS = [
  'commit.before',
  'commit.after',
  'intake.batch',
  'intake.complete',
  'send.before',
  'send.after',
  'settle.before',
  'run.finish',
] as const;
export type FailpointName = (typeof FAILPOINTS)[number];

type Handler = (name: FailpointName, reached: number) => void;

let handler: Handler | null = armed(process.env['MIGRATE_FAILPOINT']);
let reached = 0;

export function failpoint(name: FailpointName): void {
  if (handler === null) return;
  reached += 1;
  handler(name, reached);
}

/** In-process crash tests put their own handler here; null disarms. The running number starts again. */
export function onFailpoint(next: Handler | null): void {
  handler = next;
  reached = 0;
}

function armed(wanted: string | undefined): Handler | null {
  if (wanted === undefined || wanted === '') return null;
  if (/^\d+$/.test(wanted)) return (_name, count) => (count === Number(wanted) ? die() : undefined);
  const [name, times = '1'] = wanted.split(':');
  let left = Number(times);
  return (at) => {
    if (at !== name) return;
    left -= 1;
    if (left === 0) die();
  };
}

/** Not process.exit: nothing may run after it, neither handlers nor a rollback. */
function die(): void {
  process.kill(process.pid, 'SIGKILL');
}
