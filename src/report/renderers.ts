import { renderJson } from './json.js';
import { renderMarkdown } from './markdown.js';
import { renderText } from './text.js';
import type { ReportModel } from './model.js';

/** A format of the report: its lines, without line ends. */
export type Renderer = (model: ReportModel) => Iterable<string>;

/** Formats that the model alone is enough for (formats.ts has all). */
export const RENDERERS = { md: renderMarkdown, json: renderJson, text: renderText } as const satisfies Record<
  string,
  Renderer
>;
