import { renderJson } from './json.js';
import { renderMarkdown } from './markdown.js';
import { renderText } from './text.js';
import type { ReportModel } from './model.js';

/** A format of the report: its lines, without line ends. */
export type Renderer = (model: ReportModel) => Iterable<string>;

/** Formats by the name of `--format`, which is also the extension of a file. */
export const RENDERERS = { md: renderMarkdown, json: renderJson, text: renderText } as const satisfies Record<
  string,
  Renderer
>;

export type ReportFormat = keyof typeof RENDERERS;

export const REPORT_FORMATS = Object.keys(RENDERERS) as ReportFormat[];

export function isReportFormat(name: string): name is ReportFormat {
  return Object.hasOwn(RENDERERS, name);
}
