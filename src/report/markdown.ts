import { COUNT_COLUMNS, countRows } from './table.js';
import { callerSentences, headline, nameLists, sectionsOf, type Group, type Item } from './sections.js';
import { stop } from './text.js';
import { kindWord } from './words.js';
import { visible } from './visible.js';
import type { ReportModel } from './model.js';

/** The report as Markdown, line by line: every skip, failure and finding with its record and its reason. */
export function* renderMarkdown(model: ReportModel): Iterable<string> {
  yield '# Migration report';
  yield '';
  yield* overview(model);
  yield* counts(model);
  for (const { title, intro, groups } of sectionsOf(model)) {
    yield `## ${title}`;
    yield '';
    yield intro;
    yield '';
    for (const group of groups) yield* renderGroup(group);
  }
  yield* callers(model);
  yield '## Next';
  yield '';
  yield `${codeSpan(`migrate ${model.next.command}`)}: ${prose(model.next.why)}.`;
}

/** Free text inside a Markdown line: no markup, link, mention or HTML of its own. */
export function prose(text: string): string {
  return (
    visible(text)
      .replace(/[\\`*[\]<>|~&@$]/g, (character) => `\\${character}`)
      // Inside a word an underscore is a letter like others; field names are full of them.
      .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
      .replace(/:(?=\/\/)/g, '\\:')
      .replace(/\bwww\./gi, (match) => `${match.slice(0, 3)}\\.`)
  );
}

/** Prose that begins a list item: no heading, list or rule of its own. */
function itemProse(text: string): string {
  return prose(text).replace(/^\s*(?:[#+=-]|\d+(?=[.)]))/, (start) =>
    /\d$/.test(start) ? `${start}\\` : start.replace(/\S/, '\\$&'),
  );
}

/** A name exactly as it is, as code: nothing in it is read as markup. The fence is longer than any run of backticks in it. */
export function codeSpan(text: string): string {
  const shown = visible(text);
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = '`'.repeat(longest + 1);
  // CommonMark strips one space on either side when both are there; text that begins or ends with a backtick needs it.
  const pad = shown === '' || /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

function* overview({ source, target, lastRun, toolVersion, inDoubt }: ReportModel): Iterable<string> {
  yield `- From: LiteLLM${version(source.version)}${source.url === null ? '' : ` at ${codeSpan(source.url)}`}`;
  yield `- To: Bifrost${version(target.version)}${target.url === null ? '' : ` at ${codeSpan(target.url)}`}`;
  if (lastRun !== null) {
    const end =
      lastRun.outcome === null
        ? 'not finished'
        : `${lastRun.outcome}${lastRun.finishedAt === null ? '' : ` ${lastRun.finishedAt}`}`;
    yield `- Last run: ${codeSpan(lastRun.command)}, started ${lastRun.startedAt}, ${end}${lastRun.error === null ? '' : `: ${prose(lastRun.error)}`}`;
  }
  if (inDoubt > 0) yield `- In doubt: ${inDoubt} (sent, answer unknown; a resume asks Bifrost first)`;
  yield `- Written by version ${toolVersion}`;
  yield '';
}

function* counts(model: ReportModel): Iterable<string> {
  yield '## Summary';
  yield '';
  yield `${headline(model)}.`;
  yield '';
  yield `| ${COUNT_COLUMNS.join(' | ')} |`;
  yield `|---|${'---:|'.repeat(COUNT_COLUMNS.length - 1)}`;
  for (const row of countRows(model.counts, model.total)) yield `| ${row.join(' | ')} |`;
  yield '';
}

function* renderGroup({ code, count, topics }: Group): Iterable<string> {
  yield `### ${codeSpan(code)} (${count})`;
  yield '';
  for (const { message, items } of topics) {
    const [only] = items;
    if (items.length === 1 && only !== undefined)
      yield `- ${who(only)}${message === '' ? '' : `: ${prose(message)}`}${step(only, message)}`;
    else {
      yield `- ${message === '' ? `${items.length} records` : itemProse(message)}`;
      for (const item of items) yield `  - ${who(item)}${step(item, '')}`;
    }
  }
  yield '';
}

function who({ record, field }: Item): string {
  const subject =
    record === null
      ? 'the migration as a whole'
      : `${kindWord(record.kind)} ${codeSpan(record.name)}${record.id === record.name ? '' : ` (${codeSpan(record.id)})`}`;
  return field === '' ? subject : `${subject}, field ${codeSpan(field)}`;
}

function step({ nextStep }: Item, message: string): string {
  return nextStep === null ? '' : `${stop(message)} Next: ${prose(nextStep)}`;
}

function* callers(model: ReportModel): Iterable<string> {
  const sentences = callerSentences(model);
  if (sentences.length === 0) return;
  yield '## What your callers must change';
  yield '';
  for (const sentence of sentences)
    yield `- ${sentence.replace(/^Base URL: (\S+)/, (_, url: string) => `Base URL: ${codeSpan(url)}`)}`;
  for (const { title, lines } of nameLists(model, { name: codeSpan, code: codeSpan, sentence: prose })) {
    yield `- ${title}:`;
    for (const line of lines) yield `  - ${line}`;
  }
  yield '';
}

function version(known: string | null): string {
  return known === null ? '' : ` ${prose(known)}`;
}
