import { painter, type Paint } from './colors.js';
import { linesOf, printed, type LogLine, type Word } from './log-lines.js';
import { progressOn } from './progress.js';
import type { Environment } from '../config.js';
import type { Listener, RunEvent } from '../engine/events.js';

/** Words that --quiet lets through. */
const LOUD: readonly Word[] = ['WARN', 'FAIL', 'REPORT'];

export interface Presenter {
  readonly listener: Listener;
  readonly paint: Paint;
  /** A line whatever --quiet says. */
  say(text: string): void;
  end(): void;
}

type Options = {
  readonly stream: NodeJS.WriteStream;
  readonly env: Environment;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly now: () => number;
};

/** Prints what the engine tells: log lines, with the progress of the stage below them. */
export function presenterOn({ stream, env, quiet, verbose, now }: Options): Presenter {
  const paint = painter(stream, env);
  const progress = progressOn(stream, env['TERM'] === 'dumb', now);
  const print = (line: LogLine) => progress.around(() => stream.write(`${printed(line, paint)}\n`));
  return {
    paint,
    listener(event: RunEvent) {
      for (const line of linesOf(event, verbose)) if (!quiet || LOUD.includes(line.word)) print(line);
      if (!quiet) progress.listen(event);
    },
    say(text) {
      progress.around(() => stream.write(`${text}\n`));
    },
    end: () => progress.end(),
  };
}
