import { failureOf, hider } from './failure.js';
import { openLogFile, type LogFile } from './log-file.js';
import { MigrateError } from '../errors.js';
import type { CommandContext } from './command.js';
import type { LogEntry } from './documents/log.js';

const NOBODY = { kind: null, id: null, name: null } as const;
const SILENT: LogFile = { tell: () => undefined, flush: () => undefined, close: () => undefined };

/** Does the work of a command with the file of --log-file open, and writes its beginning, its end and its failure into it. */
export async function logged(
  context: CommandContext,
  command: LogEntry['command'],
  work: (log: LogFile) => Promise<number>,
): Promise<number> {
  const { env, toolVersion } = context;
  const log = logOf(context, command);
  // The second signal ends the process without coming back here.
  process.once('exit', log.flush);
  try {
    log.tell({ level: 'info', event: 'started', ...NOBODY, message: null, toolVersion });
    log.flush();
    const exitCode = await work(log);
    log.tell({ level: exitCode === 0 ? 'info' : 'warn', event: 'finished', ...NOBODY, message: null, exitCode });
    return exitCode;
  } catch (error) {
    const { code, message, nextStep } = failureOf(error, env);
    log.tell({ level: 'error', event: 'error', ...NOBODY, message, code, nextStep });
    throw error;
  } finally {
    process.removeListener('exit', log.flush);
    log.close();
  }
}

function logOf({ flags: { logFile: path }, env, stderr, now }: CommandContext, command: LogEntry['command']): LogFile {
  if (path === undefined) return SILENT;
  if (typeof path !== 'string' || path === '')
    throw new MigrateError('usage', '--log-file names no file.', 'Write --log-file FILE.');
  return openLogFile(path, {
    command,
    now,
    hide: hider(env),
    warn: (message) => void stderr.write(`WARN ${message}\n`),
  });
}
