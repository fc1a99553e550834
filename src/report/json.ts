import { callerSentences } from './sections.js';
import { isClean, type ReportModel } from './model.js';
import { printableJson } from './visible.js';

/** Grows when members change their meaning; new members do not change it. */
export const REPORT_FORMAT = 1;

/** The report as one JSON document (docs/cli.md, "The report as JSON"). */
export function* renderJson(model: ReportModel): Iterable<string> {
  yield* printableJson(reportDocument(model)).split('\n');
}

export function reportDocument(model: ReportModel) {
  return {
    format: REPORT_FORMAT,
    clean: isClean(model),
    ...model,
    next: { command: `migrate ${model.next.command}`, why: model.next.why },
    callers: { ...model.callers, sentences: callerSentences(model) },
  };
}
