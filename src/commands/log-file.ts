import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { MigrateError, reasonOf } from '../errors.js';
import { maskEmails } from './mask.js';
import { printableJson } from '../report/visible.js';
import type { LogEntry } from './documents/log.js';
import type { Told } from './log-entries.js';

/** A file of NDJSON that tells what a command does, one object per line (docs/cli.md, "The log file"). */
export interface LogFile {
  readonly tell: (entry: Told) => void;
  /** Writes what is still held back. Safe to call more than once. */
  readonly flush: () => void;
  readonly close: () => void;
}

type Options = {
  readonly command: LogEntry['command'];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Takes what must not be seen out of a text. */
  readonly hide: (text: string) => string;
  /** Told once, when a line cannot be written. */
  readonly warn: (message: string) => void;
  /** Writes all of a text or throws. */
  readonly write?: (file: number, text: string) => void;
};

/** At most so much of a second is lost when the process is killed. */
const FLUSH_MS = 100;
const FLUSH_CHARACTERS = 64 * 1024;
/** How every line begins, and so a file that may be continued. */
const BEGINNING = '{"time":"';

/**
 * Opens the file for appending, made for its owner only (0600). Lines are held back for a tenth of a second, so that the
 * log costs a run nothing. A disk that is full ends no run: it is warned of once, and the file says how many lines it lacks.
 *
 * @throws MigrateError `usage` when it cannot be opened, is no log of ours, or others can read it.
 */
export function openLogFile(path: string, { command, now, hide, warn, write = writeAll }: Options): LogFile {
  const { file, torn: tornBefore } = openFile(path);
  const shown = (member: string, value: unknown): unknown =>
    typeof value === 'string' && !OURS.has(member) ? maskEmails(hide(value)) : value;
  const lineOf = (entry: Told): string =>
    `${printableJson({ time: new Date(now()).toISOString(), ...order(entry), command }, 0, shown)}\n`;
  let open = true;
  let held: string[] = [];
  let size = 0;
  let torn = tornBefore;
  let lost = 0;
  let warned = false;
  let timer: NodeJS.Timeout | null = null;

  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (held.length === 0 || !open) return;
    const missed = lost > 0 ? lineOf({ ...GAP, message: `up to ${lost} line(s) could not be written`, lost }) : '';
    try {
      write(file, `${torn ? '\n' : ''}${missed}${held.join('')}`);
      torn = false;
      lost = 0;
    } catch (error) {
      // Some of it may have been written.
      torn = true;
      lost += held.length;
      if (!warned)
        warn(`the log file ${path} cannot be written: ${reasonOf(error)}; what is done goes on, and the log has a gap`);
      warned = true;
    }
    held = [];
    size = 0;
  };

  return {
    flush,
    tell(entry) {
      const line = lineOf(entry);
      held.push(line);
      size += line.length;
      if (size >= FLUSH_CHARACTERS) flush();
      else timer ??= setTimeout(flush, FLUSH_MS).unref();
    },
    close() {
      flush();
      if (open) closeSync(file);
      open = false;
    },
  };
}

const GAP = { level: 'warn', event: 'gap', kind: null, id: null, name: null } as const;

/** Members whose values are words of this program, never text from elsewhere. */
const OURS: ReadonlySet<string> = new Set([
  'time',
  'level',
  'event',
  'command',
  'kind',
  'result',
  'status',
  'origin',
  'severity',
  'code',
  'verdict',
  'direction',
  'stage',
  'litellm',
  'bifrost',
  'by',
]);

/** The members every entry has come first, in one order. */
function order({ level, event, kind, id, name, message, ...more }: Told): object {
  return { level, event, kind, id, name, message, ...more };
}

/** `torn` = its last line has no end: a process was killed while it wrote. */
function openFile(path: string): { readonly file: number; readonly torn: boolean } {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
  let file: number | null = null;
  try {
    file = openSync(path, O_RDWR | O_APPEND | O_CREAT | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0), 0o600);
    const problem = foreignness(file);
    if (problem !== null) throw new Error(problem);
    const { size } = fstatSync(file);
    return { file, torn: size > 0 && read(file, size - 1, 1) !== '\n' };
  } catch (error) {
    if (file !== null) closeSync(file);
    throw new MigrateError(
      'usage',
      `The log file ${path} cannot be written: ${reasonOf(error)}.`,
      'Choose another file with --log-file.',
      { cause: error },
    );
  }
}

function foreignness(file: number): string | null {
  const stat = fstatSync(file);
  if (!stat.isFile()) return 'it is no regular file';
  if (process.getuid !== undefined && stat.uid !== process.getuid()) return 'it belongs to somebody else';
  if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) return 'it can be read by others';
  const start = read(file, 0, BEGINNING.length);
  return BEGINNING.startsWith(start) ? null : 'it exists, and is no earlier log of migrate';
}

function read(file: number, position: number, length: number): string {
  const buffer = Buffer.alloc(length);
  return buffer.toString('utf8', 0, readSync(file, buffer, 0, length, position));
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}
