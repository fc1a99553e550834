import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MigrateError, reasonOf } from '../errors.js';

const CHUNK = 64 * 1024;

/**
 * Writes lines to a file that only its owner can read (0600): beside it first, then renamed, so that a reader never
 * sees half of it and a failure leaves the earlier file as it was. A link at `path` is replaced, not followed.
 *
 * @throws MigrateError `usage` when the file cannot be written.
 */
export function writePrivately(path: string, lines: Iterable<string>): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    if (statOf(path)?.isDirectory() === true) throw new Error('it is a folder');
    const file = openSync(temporary, 'wx', 0o600);
    try {
      for (const chunk of chunks(lines)) writeSync(file, chunk);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    if (error instanceof MigrateError) throw error;
    throw new MigrateError(
      'usage',
      `${path} cannot be written: ${reasonOf(error)}.`,
      'Choose another file with --out.',
      { cause: error },
    );
  }
}

/**
 * Refuses to replace anything but an earlier file of the same sort: a regular file of ours that nobody else can read and
 * that begins like one. Without it `--out ~/.ssh/id_ed25519` would end badly.
 *
 * @throws MigrateError `usage`
 */
export function refuseForeignFile(path: string, beginnings: readonly string[]): void {
  const stat = statOf(path);
  if (stat === undefined) return;
  const problem = foreignness(path, stat, beginnings);
  if (problem !== null) {
    throw new MigrateError(
      'usage',
      `${path} exists and ${problem}; it is left alone.`,
      'Choose another file with --out, or move this one away.',
    );
  }
}

function foreignness(path: string, stat: Stats, beginnings: readonly string[]): string | null {
  if (!stat.isFile()) return 'is no regular file';
  if (process.getuid !== undefined && stat.uid !== process.getuid()) return 'belongs to somebody else';
  if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) return 'can be read by others';
  const start = startOf(path, Math.max(...beginnings.map((text) => Buffer.byteLength(text))));
  return beginnings.some((beginning) => start.startsWith(beginning)) ? null : 'is no earlier sheet of migrate keys';
}

function startOf(path: string, length: number): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(length);
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, length, 0));
  } finally {
    closeSync(file);
  }
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function* chunks(lines: Iterable<string>): Iterable<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length >= CHUNK) {
      yield chunk;
      chunk = '';
    }
  }
  yield chunk;
}
