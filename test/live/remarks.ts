import { member, textMember } from './answer.js';
import { deploymentsOf } from './litellm-facts.js';
import type { Facts } from './litellm-facts.js';
import type { Observation } from './interview.js';

/** One thing the migration report says: a finding, or a record that was skipped, failed, waits or is incomplete. */
export type Remark = {
  readonly code: string;
  readonly severity: 'loss' | 'change' | 'notice' | 'record';
  /** null = about the source or the target as a whole. */
  readonly record: { readonly kind: string; readonly id: string; readonly name: string } | null;
  readonly field: string;
  readonly message: string;
};

/** Takes the document of `migrate report --format json` apart. */
export function readRemarks(report: unknown): Remark[] {
  const groups = (name: string) => asArray(member(report, name));
  const findings = (['losses', 'changes', 'notices'] as const).flatMap((name) =>
    groups(name).flatMap((group) =>
      asArray(member(group, 'entries')).map((entry) => findingRemark(group, entry, name)),
    ),
  );
  const records = ['failed', 'waiting', 'skipped'].flatMap((name) =>
    groups(name).flatMap((group) =>
      asArray(member(group, 'entries')).map((entry) => recordRemark(textMember(group, 'reason') ?? name, entry)),
    ),
  );
  return [...findings, ...records, ...groups('incomplete').map((entry) => recordRemark('incomplete', entry))];
}

/** Remarks that say why a key lost a name. Notices explain nothing: by definition nothing is lost there. */
export function explaining(remarks: readonly Remark[], observation: Observation, facts: Facts): Remark[] {
  return remarks.filter((remark) => remark.severity !== 'notice' && concerns(remark, observation, facts));
}

/** Only a rule that could not be written, or a price nobody knows, excuses a key that can do more (mapping.md A5, M22). */
export function excusing(remarks: readonly Remark[], observation: Observation, facts: Facts): Remark[] {
  return explaining(remarks, observation, facts).filter(({ code }) => /rule|routing|price/.test(code));
}

function concerns(remark: Remark, observation: Observation, facts: Facts): boolean {
  const { fact } = observation.asker;
  const says = mentions(remark, observation.name);
  if (remark.record === null) return says || behind(observation, facts).some((name) => mentions(remark, name));
  const { kind, id, name } = remark.record;
  if (kind === 'virtual_key') return id.length >= 8 && fact.token.startsWith(id) && (says || isAboutWholeKey(remark));
  if (kind === 'team') return id === fact.teamId && (says || isAboutWholeKey(remark));
  if (kind === 'organization')
    return id === (fact.organizationId ?? facts.teamOrganizations.get(fact.teamId ?? '')) && says;
  return kind === 'deployment' && (name === observation.name || behind(observation, facts).includes(name));
}

/** A remark that takes the whole key down, or part of its list without naming each name. */
function isAboutWholeKey({ code, severity }: Remark): boolean {
  return (
    severity === 'record' ||
    /inactive|blocked|expired|zero|denied|nothing_allowed|missing_team|dangling|too_many|gate/.test(code)
  );
}

/** Public and internal names of what stands behind the asked name. */
function behind({ asker, name }: Observation, facts: Facts): string[] {
  return deploymentsOf(facts, asker.fact, name).flatMap(({ publicName, modelName }) => [publicName, modelName]);
}

/** The name as a word of its own: not `model-a` inside `model-abc`. */
function mentions({ message, field }: Remark, name: string): boolean {
  const text = `${message}\n${field}`;
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const around = `${text[at - 1] ?? ' '}${text[at + name.length] ?? ' '}`;
    if (!/[\p{L}\p{N}_/-]/u.test(around)) return true;
  }
  return false;
}

function findingRemark(group: unknown, entry: unknown, list: 'losses' | 'changes' | 'notices'): Remark {
  const record = member(entry, 'record');
  const severity = ({ losses: 'loss', changes: 'change', notices: 'notice' } as const)[list];
  return {
    code: textMember(group, 'code') ?? '',
    severity,
    record: record === null || record === undefined ? null : recordOf(record),
    field: textMember(entry, 'field') ?? '',
    message: textMember(entry, 'message') ?? '',
  };
}

function recordRemark(code: string, entry: unknown): Remark {
  return { code, severity: 'record', record: recordOf(entry), field: '', message: textMember(entry, 'message') ?? '' };
}

function recordOf(value: unknown) {
  const text = (name: string) => textMember(value, name) ?? '';
  return { kind: text('kind'), id: text('id'), name: text('name') };
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
