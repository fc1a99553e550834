import { spawn } from 'node:child_process';
import { member, parseJson, textMember } from './answer.js';
import { changesBetween, readState } from './bifrost-state.js';
import { readRemarks, type Remark } from './remarks.js';
import type { ReadBifrost } from './bifrost-facts.js';

/** How the program under test is called. Secrets travel by environment only, as for any user. */
export type Program = {
  /** The built entry point, e.g. dist/cli.js. */
  readonly entry: string;
  readonly journal: string;
  readonly environment: { readonly [name: string]: string };
  /** Further flags of `run`, e.g. `--organization-gates ignore`. */
  readonly runFlags: readonly string[];
};

export type Outcome = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** Runs `migrate <words>`; a run may take long, it has no time limit of its own. */
export function migrate(program: Program, words: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [program.entry, ...words, '--journal', program.journal], {
    env: { ...process.env, ...program.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const collected = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (collected.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (collected.stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ exitCode: code ?? 1, ...collected }));
  });
}

export type Migration = {
  readonly first: RunFigures;
  readonly second: RunFigures;
  /** Objects that are there, gone or different after the second run: none, if what is written is never written again. */
  readonly changedBySecond: readonly string[];
};
export type RunFigures = { readonly exitCode: number; readonly writesSent: number; readonly seconds: number };

/** Exit codes of a run that went through: 0 nothing lost, 3 something is named in the report (docs/cli.md). */
const FINISHED: ReadonlySet<number> = new Set([0, 3]);

/**
 * Migrates, and migrates again. The second run may ask for what the gateway refused before, but nothing may come of it
 * (mapping.md R1, R2). Throws when a run did not go through.
 */
export async function runTwice(program: Program, read: ReadBifrost): Promise<Migration> {
  const first = await run(program);
  const before = await readState(read);
  const second = await run(program);
  return { first, second, changedBySecond: changesBetween(before, await readState(read)) };
}

async function run(program: Program): Promise<RunFigures> {
  const started = Date.now();
  const outcome = await migrate(program, ['run', '--json', '--yes', ...program.runFlags]);
  const summary = parseJson(outcome.stdout);
  const writesSent = member(summary, 'writesSent');
  if (!FINISHED.has(outcome.exitCode) || typeof writesSent !== 'number') {
    throw new Error(
      `migrate run ended with ${outcome.exitCode}: ${outcome.stderr.slice(-2000)}\n${outcome.stdout.slice(0, 2000)}`,
    );
  }
  return { exitCode: outcome.exitCode, writesSent, seconds: (Date.now() - started) / 1000 };
}

/** What the report says, for explaining differences. */
export async function fetchRemarks(program: Program): Promise<Remark[]> {
  const outcome = await migrate(program, ['report', '--format', 'json']);
  const report = parseJson(outcome.stdout);
  if (report === undefined) throw new Error(`migrate report printed no JSON: ${outcome.stderr.slice(-500)}`);
  return readRemarks(report);
}

/** One line of the re-issue sheet; value null = the key is not on Bifrost any more. */
export type SheetLine = { readonly tokenPrefix: string; readonly value: string | null };

export async function fetchSheet(program: Program): Promise<SheetLine[]> {
  const outcome = await migrate(program, ['keys', '--format', 'json', '--stdout']);
  return readSheet(parseJson(outcome.stdout));
}

/** `{"keys":[{"tokenPrefix":"<16 hex>","value":"sk-bf-…"}]}`; throws when a line cannot be told apart from others. */
export function readSheet(sheet: unknown): SheetLine[] {
  const lines = member(sheet, 'keys');
  if (!Array.isArray(lines)) throw new Error('the re-issue sheet has no list of keys');
  return lines.map((line: unknown) => {
    const tokenPrefix = textMember(line, 'tokenPrefix');
    if (tokenPrefix === null || tokenPrefix.length < 8)
      throw new Error('a line of the re-issue sheet has no token prefix');
    return { tokenPrefix, value: textMember(line, 'value') };
  });
}

/** The new value of the key with this token hash; null when it is not on the sheet, an error when two lines claim it. */
export function valueFor(sheet: readonly SheetLine[], token: string): string | null {
  const lines = sheet.filter((line) => token.startsWith(line.tokenPrefix));
  if (lines.length > 1) throw new Error(`two lines of the re-issue sheet are for token ${token.slice(0, 8)}`);
  return lines[0]?.value ?? null;
}
