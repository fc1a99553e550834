import type { RunEvent } from '../engine/events.js';

const BAR_WIDTH = 20;
const REDRAW_MS = 100;
const PLAIN_EVERY_MS = 5000;

export interface Progress {
  listen(event: RunEvent): void;
  /** Makes room for a line of the log, and takes its place below it again. */
  around(print: () => void): void;
  end(): void;
}

type State = {
  readonly stage: string;
  readonly total: number;
  readonly startedAt: number;
  done: number;
  expectedMs: number | null;
};
type Out = { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };

/** A bar below the log on a terminal; elsewhere one plain line every few seconds. `now` in milliseconds. */
export function progressOn(out: Out, plainOnly: boolean, now: () => number): Progress {
  const bar = out.isTTY === true && !plainOnly;
  let state: State | null = null;
  let shownAt = 0;
  let drawn = false;

  const clear = () => {
    if (drawn) out.write('\r\u001b[2K');
    drawn = false;
  };
  const draw = () => {
    if (!bar || state === null) return;
    out.write(`\r\u001b[2K${barText(state, now()).slice(0, widthOf(out) - 1)}`);
    drawn = true;
    shownAt = now();
  };

  return {
    listen(event) {
      if (event.type === 'stage-started') {
        state = { stage: event.stage, total: event.total, startedAt: now(), done: 0, expectedMs: null };
        shownAt = now();
        draw();
      } else if (event.type === 'stage-progress' && state !== null) {
        state.done = event.done;
        state.expectedMs = event.expectedMs;
        if (bar && now() - shownAt >= REDRAW_MS) draw();
        if (!bar && now() - shownAt >= PLAIN_EVERY_MS) {
          out.write(`progress ${plainText(state, now())}\n`);
          shownAt = now();
        }
      } else if (event.type === 'stage-finished') {
        clear();
        state = null;
      }
    },
    around(print) {
      clear();
      print();
      // The bar comes back at once only if it would be redrawn anyway: thousands of lines are not to flicker.
      if (now() - shownAt >= REDRAW_MS) draw();
    },
    end: clear,
  };
}

/** A terminal that does not know its width says 0. */
function widthOf({ columns }: Out): number {
  return columns === undefined || columns < 20 ? 80 : columns;
}

function barText(state: State, now: number): string {
  const filled =
    state.total === 0 ? BAR_WIDTH : Math.round((BAR_WIDTH * Math.min(state.done, state.total)) / state.total);
  return `${state.stage} [${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] ${figures(state, now)}`;
}

function plainText(state: State, now: number): string {
  return `${state.stage}: ${figures(state, now)}`;
}

function figures({ done, total, startedAt, expectedMs }: State, now: number): string {
  const elapsed = now - startedAt;
  const rate = elapsed > 0 ? done / elapsed : 0;
  const left = expectedMs ?? (rate > 0 ? (total - done) / rate : null);
  const speed = rate > 0 ? `, ${perSecond(rate * 1000)}` : '';
  return `${done}/${total}${speed}${left === null || done >= total ? '' : `, ${duration(left)} left`}`;
}

function perSecond(rate: number): string {
  return `${rate >= 10 ? Math.round(rate) : rate.toFixed(1)}/s`;
}

/** `42s`, `7m05s`, `2h13m` */
export function duration(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${String(seconds % 60).padStart(2, '0')}s`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`;
}
