import { extname } from 'node:path';
import { commandLine } from './command-line.js';
import { callEntry, checkEntries, entriesOf } from './log-entries.js';
import { didYouMean } from './suggestion.js';
import { loadSettings, type Flags } from '../config.js';
import { logged } from './logged.js';
import { MigrateError } from '../errors.js';
import { differs, interviewSentence, type Interview } from '../report/interview.js';
import { keepHeapSmall } from '../engine/heap.js';
import { prepareAsking } from './asking.js';
import { presenterOn, type Presenter } from './presenter.js';
import { readBack } from './wiring.js';
import { renderVerification, verdictSentence } from '../report/verify-markdown.js';
import { renderVerificationJson } from '../report/verify-json.js';
import { writePrivately } from './private-file.js';
import type { Command, CommandContext } from './command.js';
import type { Listener } from '../engine/events.js';
import type { LogFile } from './log-file.js';
import type { Verification } from '../engine/verify.js';

/** Bifrost is not as planned. */
const EXIT_DIFFERENT = 6;
/** Nothing was sent because nobody agreed to it. */
const EXIT_DECLINED = 2;

const FORMATS = ['md', 'json'] as const;
type Format = (typeof FORMATS)[number];

const RENDERERS: { readonly [F in Format]: (found: Verification, asked: Interview | null) => Iterable<string> } = {
  md: renderVerification,
  json: renderVerificationJson,
};

/**
 * Reads Bifrost back and compares it with what LiteLLM means and the journal says. Sends nothing but GETs, and with --ask a
 * few calls as a caller would make them.
 */
export const verify: Command = (context) => logged(context, 'verify', (log) => verified(context, log));

async function verified(context: CommandContext, log: LogFile): Promise<number> {
  keepHeapSmall();
  const { flags, env, stderr, now, signal } = context;
  const format = formatOf(flags);
  const { settings } = loadSettings(flags, env, { requirements: 'both' });
  const asking = await prepareAsking(context, settings);
  if (asking === 'declined') {
    stderr.write('nothing was asked, and nothing was looked at\n');
    return EXIT_DECLINED;
  }
  const presenter = presenterOn({ stream: stderr, env, quiet: settings.quiet, verbose: settings.verbose, now });
  const listener: Listener = (event) => {
    presenter.listener(event);
    for (const entry of entriesOf(event)) log.tell(entry);
  };
  // Loaded when calls are wanted.
  const asker = asking === null ? null : (await import('./ask.js')).askerOf(asking, settings, signal);
  const hearing = asker === null ? {} : { onKey: asker.onKey };
  const found = await readBack({ context, settings, listener, ...hearing }).finally(() => presenter.end());
  for (const entry of checkEntries(found)) log.tell(entry);
  const asked = (await asker?.ask(found.target)) ?? null;
  for (const call of asked?.asked ?? []) log.tell(callEntry(call));
  print(context, RENDERERS[format](found, asked), presenter);
  presenter.say(verdictSentence(found));
  if (asked !== null) presenter.say(interviewSentence(asked));
  if (found.records.some(({ verdict, message }) => verdict === 'missing' && message !== null))
    presenter.say(`next: ${commandLine('run', flags)}  (writes what was not written yet)`);
  return found.clean && (asked === null || !differs(asked)) ? 0 : EXIT_DIFFERENT;
}

function print({ flags: { out }, stdout }: CommandContext, lines: Iterable<string>, presenter: Presenter): void {
  if (typeof out !== 'string') {
    for (const line of lines) stdout.write(`${line}\n`);
    return;
  }
  writePrivately(out, lines);
  presenter.say(`wrote ${out}`);
}

function formatOf({ format, out, json }: Flags): Format {
  if (json === true && format !== undefined && format !== 'json')
    throw new MigrateError('usage', '--json and --format contradict each other.', 'Give one of the two.');
  const extension = typeof out === 'string' ? extname(out).slice(1).toLowerCase() : '';
  const named = json === true ? 'json' : (format ?? extension);
  const known = FORMATS.find((candidate) => candidate === named);
  if (known === undefined && typeof format === 'string') {
    throw new MigrateError(
      'usage',
      `There is no verification format "${format}".${didYouMean(format, FORMATS)}`,
      `Take one of ${FORMATS.join(', ')}.`,
    );
  }
  return known ?? 'md';
}
