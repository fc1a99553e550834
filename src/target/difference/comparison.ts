import { isSecretRef, type SecretStore } from '../../secret.js';
import type { Body, BodyValue, Difference } from '../objects.js';
import { showsSecret } from '../redact.js';
import type { SecretVar } from '../schemas/secret-var.js';
import type { Capabilities } from '../target.js';

export type DifferenceOptions = {
  /** To compare literals behind SecretRefs with what Bifrost shows of them; without it only references are compared. */
  readonly secrets?: SecretStore;
  /** To leave out what this gateway's answers cannot show. */
  readonly capabilities?: Pick<Capabilities, 'checksBaseUrls' | 'azureApiVersion'>;
  /** The body is a PUT that keeps what it leaves out: only given members are compared. Else a left out member means its default. */
  readonly partial?: boolean;
};

/** Collects the members in which an object is not what a body asks for. */
export type Comparison = {
  readonly options: DifferenceOptions;
  readonly found: Difference[];
};

/** Is this member to be compared at all? */
export function asks(comparison: Comparison, body: Body, member: string): boolean {
  return comparison.options.partial !== true || member in body;
}

export function differ(comparison: Comparison, field: string, wanted: string, found: string): void {
  comparison.found.push({ field, wanted, found });
}

/** Two scalars; absent and null are the same. */
export function compareValue(
  comparison: Comparison,
  field: string,
  wanted: BodyValue | undefined,
  found: unknown,
): void {
  if ((wanted ?? null) !== (found ?? null)) differ(comparison, field, show(wanted), show(found));
}

/** Two lists whose order means nothing. */
export function compareSet(
  comparison: Comparison,
  field: string,
  wanted: readonly string[],
  found: readonly string[],
): void {
  const [a, b] = [new Set(wanted), new Set(found)];
  if (a.size === b.size && [...a].every((item) => b.has(item))) return;
  differ(comparison, field, show([...a].sort()), show([...b].sort()));
}

/**
 * A secret-typed member: a reference must be the same reference; a literal must look like what is shown (first and last four
 * bytes, B§4.4 — all that can be compared). Nothing of the value goes into the difference.
 */
export function compareSecret(
  comparison: Comparison,
  field: string,
  wanted: BodyValue | undefined,
  shown: SecretVar | null | undefined,
): void {
  const reference = shown?.ref || shown?.env_var || null;
  const value = isSecretRef(wanted) ? (comparison.options.secrets?.reveal(wanted) ?? null) : plainSecret(wanted);
  if (value === null) {
    if (reference !== null) differ(comparison, field, 'a literal', reference);
    return;
  }
  if (value === reference) return;
  if (reference !== null) return differ(comparison, field, value.startsWith('env.') ? value : 'a literal', reference);
  if (value.startsWith('env.')) return differ(comparison, field, value, 'a literal');
  if (!showsSecret(shown?.value ?? '', value))
    differ(comparison, field, 'the planned value', shown?.value ? 'another value' : 'no value');
}

/** A secret may be sent as an object too (B§4.4); 1.5.2 stores the text of the newer form, which shows as a difference. */
function plainSecret(wanted: BodyValue | undefined): string {
  if (!isBody(wanted)) return textOf(wanted);
  const { ref, env_var, value } = bodyOf(wanted);
  return textOf(ref) || textOf(env_var) || textOf(value);
}

export function textOf(value: BodyValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function stringsOf(value: BodyValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

export function bodiesOf(value: BodyValue | undefined): readonly Body[] {
  return Array.isArray(value) ? value.map(bodyOf) : [];
}

export function bodyOf(value: BodyValue | undefined): Body {
  return isBody(value) ? value : {};
}

export function isBody(value: BodyValue | undefined): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isSecretRef(value);
}

/** JSON with sorted members, so that equal things are equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

const LONGEST = 200;

/** For people: `none`, the text itself, or short JSON. */
export function show(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'none';
  if (Array.isArray(value) && value.length === 0) return 'none';
  const text =
    Array.isArray(value) && value.every((item) => typeof item === 'string') ? value.join(', ') : canonical(value);
  const plain = typeof value === 'string' ? value : text;
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain;
}
