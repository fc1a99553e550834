import { extname } from 'node:path';
import { commandLine } from './command-line.js';
import { didYouMean } from './suggestion.js';
import { loadSettings, type Flags } from '../config.js';
import { MigrateError } from '../errors.js';
import { keepHeapSmall } from '../engine/heap.js';
import { presenterOn } from './presenter.js';
import { readBack } from './wiring.js';
import { renderVerification, verdictSentence } from '../report/verify-markdown.js';
import { renderVerificationJson } from '../report/verify-json.js';
import { writePrivately } from './private-file.js';
import type { Command } from './command.js';
import type { Verification } from '../engine/verify.js';

/** Bifrost is not as planned. */
const EXIT_DIFFERENT = 6;

const FORMATS = ['md', 'json'] as const;
type Format = (typeof FORMATS)[number];

const RENDERERS: { readonly [F in Format]: (found: Verification) => Iterable<string> } = {
  md: renderVerification,
  json: renderVerificationJson,
};

/** Reads Bifrost back and compares it with what LiteLLM means and the journal says. Sends nothing but GETs. */
export const verify: Command = async (context) => {
  keepHeapSmall();
  const { flags, env, stdout, stderr, now } = context;
  const format = formatOf(flags);
  const { settings } = loadSettings(flags, env, { requirements: 'both' });
  const presenter = presenterOn({ stream: stderr, env, quiet: settings.quiet, verbose: settings.verbose, now });
  const found = await readBack({ context, settings, listener: presenter.listener }).finally(() => presenter.end());
  const lines = RENDERERS[format](found);
  const out = flags['out'];
  if (typeof out === 'string') writePrivately(out, lines);
  else for (const line of lines) stdout.write(`${line}\n`);
  if (typeof out === 'string') presenter.say(`wrote ${out}`);
  presenter.say(verdictSentence(found));
  if (found.records.some(({ verdict, message }) => verdict === 'missing' && message !== null))
    presenter.say(`next: ${commandLine('run', flags)}  (writes what was not written yet)`);
  return found.clean ? 0 : EXIT_DIFFERENT;
};

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
