import type Database from 'better-sqlite3';
import { accessMatrix } from './access.js';
import { readCodeGuide } from './code-guide.js';
import { renderCsv } from './csv.js';
import { renderHtml } from './html.js';
import { buildReport } from './model.js';
import { readAccess } from './read-access.js';
import { readEvery } from './read-every.js';
import { readRows } from './read.js';
import { RENDERERS, type Renderer } from './renderers.js';

/** A report in one format. Everything is read before the first line; a run that is writing meanwhile changes nothing. */
export type Report = (database: Database.Database) => Iterable<string>;

const ofModel =
  (render: Renderer): Report =>
  (database) =>
    render(buildReport(readRows(database)));

/** Formats by the name of `--format`, which is also the extension of a file. */
export const REPORTS = {
  md: ofModel(RENDERERS.md),
  html: (database) => {
    const { rows, access } = together(database, () => ({ rows: readRows(database), access: readAccess(database) }));
    return renderHtml(buildReport(rows), accessMatrix(access), readCodeGuide());
  },
  csv: (database) =>
    renderCsv(
      together(database, () => readEvery(database)),
      readCodeGuide(),
    ),
  json: ofModel(RENDERERS.json),
  text: ofModel(RENDERERS.text),
} as const satisfies Record<string, Report>;

export type ReportFormat = keyof typeof REPORTS;

export const REPORT_FORMATS = Object.keys(REPORTS) as ReportFormat[];

export function isReportFormat(name: string): name is ReportFormat {
  return Object.hasOwn(REPORTS, name);
}

/** In one read transaction. */
function together<T>(database: Database.Database, read: () => T): T {
  return database.transaction(read)();
}
