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

/**
 * Remarks that say why a key lost a name: losses, records that were not written, and changes that take the key down.
 * Other changes and notices explain nothing: by definition it still works there.
 */
export function explaining(remarks: readonly Remark[], observation: Observation, facts: Facts): Remark[] {
  return remarks.filter((remark) => tellsOfLoss(remark) && concerns(remark, observation, facts));
}

/**
 * Only a rule that was not written excuses a key that can do more, or arrives elsewhere (mapping.md A5). It must be about
 * this name; a remark about bare names as such is about those that reached an upstream as they were typed.
 */
export function excusing(remarks: readonly Remark[], observation: Observation, facts: Facts): Remark[] {
  const asTyped = observation.bifrost.some((answer) => answer.upstream?.model === observation.name);
  const isForBareNames = (remark: Remark) =>
    asTyped && /bare_name/.test(remark.code) && isOfKey(remark, observation.asker.fact.token);
  return remarks.filter(
    (remark) => isAboutRules(remark) && (isForBareNames(remark) || concerns(remark, observation, facts)),
  );
}

/** Only an unknown price excuses a budget that does not fill (mapping.md M22). */
export function excusesBudget({ code }: Remark): boolean {
  return code.includes('price');
}

/** true for a remark about the virtual key with this token hash; the report shows the beginning of the hash. */
export function isOfKey({ record }: Remark, token: string): boolean {
  return record?.kind === 'virtual_key' && record.id.length >= 8 && token.startsWith(record.id);
}

function isAboutRules({ code, message }: Remark): boolean {
  return /rule|routing/.test(code) || /routing rule/.test(message);
}

function tellsOfLoss({ severity, record }: Remark): boolean {
  if (severity === 'loss' || severity === 'record') return true;
  return severity === 'change' && record?.kind === 'virtual_key';
}

function concerns(remark: Remark, observation: Observation, facts: Facts): boolean {
  const { fact } = observation.asker;
  const says = mentions(remark, observation.name);
  if (remark.record === null) return says || behind(observation, facts).some((name) => mentions(remark, name));
  const { kind, id, name } = remark.record;
  if (kind === 'virtual_key') return isOfKey(remark, fact.token) && (says || takesDown(remark));
  if (kind === 'team') return id === fact.teamId && (says || takesDown(remark));
  if (kind === 'organization')
    return id === (fact.organizationId ?? facts.teamOrganizations.get(fact.teamId ?? '')) && says;
  return kind === 'deployment' && (name === observation.name || behind(observation, facts).includes(name));
}

/** The key is off, or was not written at all: all its names are lost, and need not be named one by one. */
function takesDown({ code, severity }: Remark): boolean {
  if (severity === 'record') return code !== 'incomplete';
  return /inactive|blocked|blocks|expired|zero_|team_missing|nothing_allowed/.test(code);
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
