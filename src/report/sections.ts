import {
  countEntries,
  type Callers,
  type Entry,
  type FindingEntry,
  type FindingGroup,
  type RecordGroup,
  type ReportModel,
} from './model.js';

/** One line of a report: what it is about, and what is to be said about it. */
export type Item = {
  /** null = the source or the target as a whole. */
  readonly record: { readonly kind: string; readonly id: string; readonly name: string } | null;
  readonly field: string;
  readonly nextStep: string | null;
};

/** Items that have one sentence in common, so that it is printed once. */
export type Topic = { readonly message: string; readonly items: readonly Item[] };
export type Group = { readonly code: string; readonly count: number; readonly topics: readonly Topic[] };
export type Section = { readonly title: string; readonly intro: string; readonly groups: readonly Group[] };

/** The sections of a report in reading order: what was lost before what was carried over. Empty ones are left out. */
export function sectionsOf(model: ReportModel): Section[] {
  return [
    findingSection('Losses', 'Does not work, or is missing, on Bifrost.', model.losses),
    recordSection('Failed', 'Could not be written as things stand.', model.failed),
    recordSection('Waiting', 'Not settled yet; a later run goes on with them.', model.waiting),
    entrySection('Incomplete', 'Written, but something is still missing.', 'incomplete', model.incomplete),
    recordSection('Skipped', 'Deliberately not written.', model.skipped),
    entrySection(
      'Drifted',
      'Changed in LiteLLM since they were written; Bifrost has the earlier state.',
      'drifted',
      model.drifted,
    ),
    findingSection('Changes', 'Works on Bifrost, but differently.', model.changes),
    findingSection('Notices', 'Worth knowing; nothing is lost.', model.notices),
  ].filter((section) => section.groups.length > 0);
}

/** What callers of the gateway have to change, in whole sentences (mapping.md A6, V11). */
export function callerSentences({ callers }: ReportModel): string[] {
  if (callers.baseUrl === null) return [];
  const keys =
    callers.newKeys === 0
      ? 'No virtual key has been written yet, so there is no new key to hand out.'
      : `Key: Bifrost makes new ones. ${callers.newKeys} ${callers.newKeys === 1 ? 'virtual key has' : 'virtual keys have'} a new sk-bf-… value; \`migrate keys\` writes the sheet.`;
  return [`Base URL: ${callers.baseUrl} (it takes every spelling LiteLLM takes).`, keys, namesSentence(callers)];
}

function namesSentence({ names }: Callers): string {
  const lost = names.filter(({ stays }) => !stays).length;
  if (lost === 0) return 'Model names stay as they are.';
  return `Model names: ${names.length - lost} of ${names.length} stay as they are, ${lost} ${lost === 1 ? 'is' : 'are'} not on Bifrost.`;
}

/** A list under one heading: what callers ask for, and what becomes of it. */
export type NameList = { readonly title: string; readonly lines: readonly string[] };

/** How a format writes names and sentences. */
export type Writing = {
  readonly name: (text: string) => string;
  readonly code: (text: string) => string;
  readonly sentence: (text: string) => string;
};

/** Everything about names that is more than "stays as it is". Empty lists are left out. */
export function nameLists({ callers }: ReportModel, { name, code: codeOf, sentence }: Writing): NameList[] {
  const of = (one: { readonly name: string; readonly team: string | null }): string =>
    `${name(one.name)}${one.team === null ? '' : ` of team ${name(one.team)}`}`;
  const names = (stays: boolean): string[] =>
    callers.names
      .filter((one) => one.stays === stays && (!stays || one.why.length > 0))
      .map((one) => `${of(one)}: ${sentence(one.why.join('; '))}`);
  return [
    { title: 'Not on Bifrost, whatever is sent', lines: names(false) },
    { title: 'Stay, with something missing behind them', lines: names(true) },
    {
      title: 'Model strings and internal names LiteLLM also answers; ask for the public name instead',
      lines: callers.otherNames.map(
        (one) => `${of(one)} → ${one.instead.length === 0 ? 'none is on Bifrost' : one.instead.map(name).join(' or ')}`,
      ),
    },
    {
      title: 'Names that some keys have in LiteLLM and not on Bifrost (which keys: see above)',
      lines: callers.onlySomeKeys.map(
        ({ code, message, keys }) => `${codeOf(code)}, ${keys} ${keys === 1 ? 'key' : 'keys'}: ${sentence(message)}`,
      ),
    },
  ].filter(({ lines }) => lines.length > 0);
}

export function headline(model: ReportModel): string {
  const { read, created, adopted, skipped, failed, waiting } = model.total;
  return `${read} read = ${created} created + ${adopted} adopted + ${skipped} skipped + ${failed} failed + ${waiting} waiting`;
}

function findingSection(title: string, intro: string, groups: readonly FindingGroup[]): Section {
  const toItem = ({ record, field }: FindingEntry): Item => ({ record, field, nextStep: null });
  return section(title, intro, groups, (group) => ({ code: group.code, topics: topicsOf(group.entries, toItem) }));
}

function recordSection(title: string, intro: string, groups: readonly RecordGroup[]): Section {
  return section(title, intro, groups, (group) => ({ code: group.reason, topics: topicsOf(group.entries, itemOf) }));
}

function entrySection(title: string, intro: string, code: string, entries: readonly Entry[]): Section {
  return recordSection(title, intro, entries.length === 0 ? [] : [{ reason: code, entries }]);
}

function section<G extends { readonly entries: readonly unknown[] }>(
  title: string,
  intro: string,
  groups: readonly G[],
  render: (group: G) => Omit<Group, 'count'>,
): Section {
  return { title, intro, groups: groups.map((group) => ({ ...render(group), count: countEntries([group]) })) };
}

function itemOf({ kind, id, name, nextStep }: Entry): Item {
  return { record: { kind, id, name }, field: '', nextStep };
}

function topicsOf<E extends { readonly message: string }>(entries: readonly E[], toItem: (entry: E) => Item): Topic[] {
  const topics = new Map<string, Item[]>();
  for (const entry of entries) {
    const items = topics.get(entry.message);
    if (items === undefined) topics.set(entry.message, [toItem(entry)]);
    else items.push(toItem(entry));
  }
  return [...topics].map(([message, items]) => ({ message, items }));
}
