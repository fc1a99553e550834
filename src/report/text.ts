import { alignColumns, COUNT_COLUMNS, countRows } from './table.js';
import { callerSentences, headline, nameLists, sectionsOf, type Group, type Item } from './sections.js';
import { kindWord } from './words.js';
import { visible } from './visible.js';
import type { ReportModel } from './model.js';

/** The report as plain text for a terminal, line by line. */
export function* renderText(model: ReportModel): Iterable<string> {
  yield `LiteLLM ${visible(model.source.version ?? '')} ${visible(model.source.url ?? '')}`.trimEnd();
  yield `Bifrost ${visible(model.target.version ?? '')} ${visible(model.target.url ?? '')}`.trimEnd();
  yield '';
  yield* alignColumns(COUNT_COLUMNS, countRows(model.counts, model.total));
  yield '';
  yield headline(model);
  for (const { title, intro, groups } of sectionsOf(model)) {
    yield '';
    yield `${title.toUpperCase()}: ${intro}`;
    for (const group of groups) yield* renderTextGroup(group);
  }
  const sentences = callerSentences(model);
  if (sentences.length > 0) {
    yield '';
    yield 'WHAT YOUR CALLERS MUST CHANGE';
    for (const sentence of sentences) yield `  ${sentence}`;
    for (const { title, lines } of nameLists(model, { name: quoted, code: visible, sentence: visible })) {
      yield `  ${title}:`;
      for (const line of lines) yield `    - ${line}`;
    }
  }
  yield '';
  yield `next: migrate ${model.next.command}  (${model.next.why})`;
}

function quoted(text: string): string {
  return `"${visible(text)}"`;
}

function* renderTextGroup({ code, count, topics }: Group): Iterable<string> {
  yield `  ${visible(code)} (${count})`;
  for (const { message, items } of topics) {
    if (items.length > 1 && message !== '') yield `    ${visible(message)}`;
    for (const item of items) yield `    - ${itemText(item, items.length > 1 ? '' : message)}`;
  }
}

/** `virtual key "ci" (5f2a…), field tags: message. Next: …` */
export function itemText({ record, field, nextStep }: Item, message: string): string {
  const subject =
    record === null
      ? 'the migration as a whole'
      : `${kindWord(record.kind)} "${visible(record.name)}"${record.id === record.name ? '' : ` (${visible(record.id)})`}`;
  const about = field === '' ? subject : `${subject}, field ${visible(field)}`;
  return `${about}${message === '' ? '' : `: ${visible(message)}`}${nextStep === null ? '' : `${stop(message)} Next: ${visible(nextStep)}`}`;
}

/** Messages are sentences with or without their full stop. */
export function stop(message: string): string {
  return /[.!?…]$/.test(message) ? '' : '.';
}
