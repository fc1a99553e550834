import { extname } from 'node:path';
import { MigrateError } from '../errors.js';
import { buildReport } from '../report/model.js';
import { didYouMean } from './suggestion.js';
import { isReportFormat, RENDERERS, REPORT_FORMATS, type ReportFormat } from '../report/renderers.js';
import { loadSettings, type Flags } from '../config.js';
import { readJournal } from './wiring.js';
import { writePrivately } from './private-file.js';
import { readRows } from '../report/read.js';
import type { Command } from './command.js';

/** The report, from the journal alone. Exit code 0 whatever it says: reading is not migrating. */
export const report: Command = async (context) => {
  const { flags, env, stdout, stderr } = context;
  const format = formatOf(flags);
  const { settings } = loadSettings(flags, env, { requirements: 'none' });
  const model = buildReport(await readJournal(settings.journal, context, readRows));
  const lines = RENDERERS[format](model);
  const out = flags['out'];
  if (typeof out !== 'string') {
    for (const line of lines) stdout.write(`${line}\n`);
    return 0;
  }
  writePrivately(out, lines);
  stderr.write(`wrote ${out}\n`);
  return 0;
};

function formatOf({ format, out, json }: Flags): ReportFormat {
  if (json === true && (format === undefined || format === 'json')) return 'json';
  if (json === true)
    throw new MigrateError('usage', '--json and --format contradict each other.', 'Give one of the two.');
  if (typeof format === 'string') {
    if (isReportFormat(format)) return format;
    throw new MigrateError(
      'usage',
      `There is no report format "${format}".${didYouMean(format, REPORT_FORMATS)}`,
      `Take one of ${REPORT_FORMATS.join(', ')}.`,
    );
  }
  const extension = typeof out === 'string' ? extname(out).slice(1).toLowerCase() : '';
  if (extension === 'txt') return 'text';
  return isReportFormat(extension) ? extension : 'md';
}
