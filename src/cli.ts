#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cac, type CAC } from 'cac';
import { readArguments } from './commands/arguments.js';
import { failureJson, failureLines, failureOf } from './commands/failure.js';
import { COMMANDS } from './commands/flags.js';
import { environmentHelp, exitCodeHelp } from './commands/help.js';
import { listenForSignals } from './commands/interrupt.js';
import { INTERRUPTED, type Command } from './commands/command.js';
import type { Flags } from './config.js';
import { PACKAGE_ROOT } from './package-root.js';

/** Loaded when asked for, so that --help does not wait for SQLite. */
const MODULES: { readonly [name: string]: () => Promise<Command> } = {
  run: async () => (await import('./commands/run.js')).run,
  resume: async () => (await import('./commands/resume.js')).resume,
  retry: async () => (await import('./commands/retry.js')).retry,
  report: async () => (await import('./commands/report.js')).report,
  status: async () => (await import('./commands/status.js')).status,
  keys: async () => (await import('./commands/keys.js')).keys,
  verify: async () => (await import('./commands/verify.js')).verify,
  rollback: async () => (await import('./commands/rollback.js')).rollback,
  doctor: async () => (await import('./commands/doctor.js')).doctor,
  demo: async () => (await import('./commands/demo.js')).demo,
  schema: async () => (await import('./commands/schema.js')).schema,
  completion: async () => (await import('./commands/completion.js')).completion,
};

/** Verbs that talk to no gateway. */
const SILENT: readonly string[] = ['report', 'status', 'demo', 'schema', 'completion'];

/** Verbs that finish what is in flight when they are interrupted; the others are simply ended. */
const GRACEFUL: readonly string[] = ['run', 'resume', 'retry', 'rollback', 'demo'];

async function main(argv: readonly string[]): Promise<number> {
  const toolVersion = packageVersion();
  if (answerHelp(argv, toolVersion)) return 0;
  const { command, argument, flags } = readArguments(argv, COMMANDS);
  const load = MODULES[command];
  if (load === undefined) throw new Error(`the command ${command} is declared without a module`);
  const interruption = GRACEFUL.includes(command)
    ? listenForSignals((text) => process.stderr.write(`${text}\n`), exit)
    : null;
  const { env, stdin, stdout, stderr } = process;
  if (!SILENT.includes(command)) warnOfUncheckedCertificates(env, stderr);
  const signal = interruption?.signal ?? new AbortController().signal;
  const run = await load();
  const { now } = Date;
  const given = { flags, ...(argument === undefined ? {} : { argument }) };
  const code = await run({ ...given, env, stdin, stdout, stderr, toolVersion, signal, now, random: Math.random }).catch(
    async (error: unknown) => reportFailure(await explained(error, flags), argv),
  );
  return code === INTERRUPTED ? (interruption?.exitCode() ?? code) : code;
}

/** Node would send keys to whoever pretends to be one of the two ends. */
function warnOfUncheckedCertificates(env: NodeJS.ProcessEnv, stderr: NodeJS.WriteStream): void {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  stderr.write(
    'WARN NODE_TLS_REJECT_UNAUTHORIZED=0: certificates are not checked, so keys may go to a stranger; name your authority in NODE_EXTRA_CA_CERTS instead\n',
  );
}

/** A damaged page is found when it is read, which may be anywhere. */
async function explained(error: unknown, { journal }: Flags): Promise<unknown> {
  if (!(error instanceof Error) || !/^SQLITE_/.test(String((error as NodeJS.ErrnoException).code))) return error;
  const { journalFailure } = await import('./journal/failures.js');
  return journalFailure(error, typeof journal === 'string' ? journal : './migrate.db');
}

function reportFailure(error: unknown, argv: readonly string[]): number {
  const failure = failureOf(error, process.env);
  if (argv.includes('--json')) process.stdout.write(failureJson(failure));
  process.stderr.write(failureLines(failure, argv.includes('--debug')));
  return failure.exitCode;
}

/** Prints help or the version when asked to. */
function answerHelp(argv: readonly string[], toolVersion: string): boolean {
  const wanted = argv.includes('--help') || argv.includes('-h') || argv[0] === 'help';
  const version = argv.includes('--version') || argv[0] === '-v';
  if (!wanted && !version) return false;
  const words = argv[0] === 'help' ? argv.slice(1) : argv.filter((word) => word !== '--version' && word !== '-v');
  const cli = declare(toolVersion, words[0]);
  cli.parse(['node', 'migrate', ...words, wanted ? '--help' : '--version'], { run: false });
  return true;
}

/** `about` = the word help is asked for, perhaps a verb. */
function declare(toolVersion: string, about: string | undefined): CAC {
  const cli = cac('migrate');
  for (const { name, summary, argument, flags, examples } of COMMANDS) {
    const word = argument === undefined ? '' : argument.required ? ` <${argument.name}>` : ` [${argument.name}]`;
    const command = cli.command(`${name}${word}`, summary);
    for (const [usage, description] of flags) command.option(usage, description);
    for (const example of examples) command.example(`  $ ${example}`);
  }
  cli.example('  $ migrate run --dry-run');
  cli.example('  $ migrate run; migrate keys');
  cli.example('  $ migrate resume');
  const verb = COMMANDS.find(({ name }) => name === about);
  cli.version(toolVersion, '--version');
  cli.help((sections) => [
    ...sections
      .filter((section) => section.title?.startsWith('For more info') !== true)
      // Of `--no-routing` cac would say that it is on by default; the lines it fills up with spaces end where they end.
      .map((section) => ({ ...section, body: section.body.replace(/ (\(default: true\))?$/gm, '') })),
    { title: 'Environment', body: environmentHelp(verb) },
    { title: 'Exit codes', body: exitCodeHelp(verb) },
  ]);
  return cli;
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

function exit(code: number): void {
  process.exit(code);
}

/** A reader that has seen enough (`| head`) is no error. */
function bearClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** Waits until what was written has left the process. */
async function drain(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.destroyed || stream.writableLength === 0) return;
  await new Promise<void>((resolve) => {
    stream.once('close', resolve);
    stream.write('', () => resolve());
  });
}

bearClosedPipes();
const argv = process.argv.slice(2);
const exitCode = await main(argv).catch((error: unknown) => reportFailure(error, argv));
await Promise.all([drain(process.stdout), drain(process.stderr)]);
exit(exitCode);
