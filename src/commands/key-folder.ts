import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MigrateError, reasonOf } from '../errors.js';
import type { KeyRow } from '../report/read-keys.js';

/** The keys of one team, or of none: a sheet of its own. */
export type TeamSheet = {
  /** Name of the file in the folder. */
  readonly file: string;
  readonly team: KeyRow['team'];
  readonly keys: readonly KeyRow[];
};

const NO_TEAM = 'no-team';
const LONGEST = 60;

/** One sheet per team in the order of file names, and one for the keys without a team. Keys keep their order. */
export function splitByTeam(keys: readonly KeyRow[], extension: string): readonly TeamSheet[] {
  const groups = new Map<string | null, { readonly team: KeyRow['team']; readonly keys: KeyRow[] }>();
  for (const key of keys) {
    const group = groups.get(key.team?.id ?? null);
    if (group === undefined) groups.set(key.team?.id ?? null, { team: key.team, keys: [key] });
    else group.keys.push(key);
  }
  const stems = [...groups.values()].map(({ team }) => (team === null ? NO_TEAM : fileStem(team)));
  return [...groups.values()]
    .map((group, nth) => {
      const stem = stems[nth] ?? NO_TEAM;
      // Two teams in one sheet would hand the keys of one to the other.
      const taken = group.team !== null && stems.indexOf(stem) !== stems.lastIndexOf(stem);
      return { file: `${taken ? fileStem(group.team, 64) : stem}.${extension}`, ...group };
    })
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

/**
 * `platform-team-3f9a2c01`: what is safe of the alias on every file system, and the first hexadecimal characters of a hash
 * over the team's id. Aliases may be equal or differ by what is left out; the hash, unlike the start of an id people
 * chose, tells them apart, and stays the same from one sheet to the next.
 */
export function fileStem({ id, name }: { readonly id: string; readonly name: string }, characters = 8): string {
  const safe = name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^-|-$/g, '');
  const hash = createHash('sha256').update(id, 'utf8').digest('hex');
  return `${safe === '' ? 'team' : safe}-${hash.slice(0, characters)}`;
}

/**
 * Makes the folder for sheets (0700), or takes one that is there when nobody else can look into it.
 *
 * @throws MigrateError `usage`
 */
export function preparePrivateFolder(path: string): void {
  const problem = problemOf(path);
  if (problem === null) return;
  throw new MigrateError('usage', `${path} ${problem}.`, 'Choose another folder with --out, or move this one away.');
}

function problemOf(path: string): string | null {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const stat = lstatSync(path);
    if (!stat.isDirectory()) return 'is no folder';
    if (process.getuid !== undefined && stat.uid !== process.getuid()) return 'belongs to somebody else';
    return process.platform !== 'win32' && (stat.mode & 0o077) !== 0 ? 'can be looked into by others' : null;
  } catch (error) {
    return `cannot be used as a folder: ${reasonOf(error)}`;
  }
}

/** Files that are in the folder and belong to no sheet of now: of teams that are gone, or of somebody else. */
export function strangersIn(folder: string, sheets: readonly TeamSheet[]): readonly string[] {
  const ours = new Set(sheets.map(({ file }) => file));
  return readdirSync(folder)
    .filter((name) => !ours.has(name))
    .map((name) => join(folder, name))
    .sort();
}
