import { finding, type Finding } from '../findings.js';
import { disambiguated, naturalName } from '../mapping/names.js';
import { NO_ID } from '../sources/fields.js';
import type { SourceRecord } from '../sources/records.js';
import type { Difference, TargetObject } from '../target/objects.js';
import type { JsonObject } from '../json.js';
import type { Adoption, CreateWrite, Missing, Plan, PlanContext, PlannedWrite, RecordState } from './plan.js';

/** What the stages have in common: names, adoption, and the shapes of their answers. */

export function skip(reason: string, message: string, findings: readonly Finding[] = []): Plan {
  return { outcome: 'skipped', reason, message, findings };
}

export function fail(reason: string, message: string, nextStep: string, findings: readonly Finding[] = []): Plan {
  return { outcome: 'failed', failure: 'permanent', reason, message, nextStep, findings };
}

export function wait(reason: string, message: string, findings: readonly Finding[] = []): Plan {
  return { outcome: 'waiting', reason, message, findings };
}

export function write(
  writes: readonly PlannedWrite[],
  main: { readonly kind: CreateWrite['kind']; readonly name: string },
  findings: readonly Finding[],
  missing: readonly Missing[] = [],
  detail: JsonObject = {},
): Plan {
  return { outcome: 'write', writes, main, missing, detail, findings };
}

export const SETTLED: Plan = { outcome: 'settled', findings: [] };

/** A row LiteLLM gave no id cannot be found again by a later run: it would be written twice. */
export function withoutId(record: SourceRecord): Plan | null {
  if (!record.notes.some(({ code }) => code === NO_ID)) return null;
  return fail(
    NO_ID,
    "LiteLLM's row has no id, so no later run could recognise it",
    'Correct the row in LiteLLM and run again.',
    record.notes,
  );
}

export type Naming =
  | { readonly ok: true; readonly name: string; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly plan: Plan };

/** The record's name on Bifrost: what the journal gave it before, else plain for the first among equals (G2, V2). */
export function nameFor(record: SourceRecord, state: RecordState, context: PlanContext, what: string): Naming {
  const natural = naturalName(record);
  const given = context.names?.nameOf(record.kind, record.id) ?? null;
  if (state.bifrostName !== null)
    return { ok: true, name: state.bifrostName, findings: kept(natural, state.bifrostName, given, what) };
  const merged = context.names?.merges(record.kind, record.id) === true;
  if (given !== null)
    return { ok: true, name: given, findings: [...chosen(natural, given), ...(merged ? [shared(given)] : [])] };
  const isGivenAway = context.names?.isGivenAway(record.kind, natural, record.id) === true;
  if (context.rank(record.kind, record.id) === 0 && !isGivenAway) return { ok: true, name: natural, findings: [] };
  if (context.settings.onCollision === 'fail') {
    return {
      ok: false,
      plan: {
        outcome: 'failed',
        failure: 'conflict',
        reason: 'name_collision',
        message: `another ${what} in LiteLLM is called "${natural}" too, and names must be unique on Bifrost`,
        nextStep: 'Rename one of them in LiteLLM, or run without --on-collision fail.',
        findings: [],
      },
    };
  }
  const [short, long] = disambiguated(natural, record.id);
  const name = context.isNaturalName(record.kind, short) ? long : short;
  return { ok: true, name, findings: renamed(natural, name, what) };
}

/** A name once on Bifrost stays (G2), whatever it is called since, in LiteLLM or in the names file. */
function kept(natural: string, name: string, given: string | null, what: string): Finding[] {
  if (given === name) return chosen(natural, name);
  if (given !== null)
    return [
      finding(
        'change',
        'rename_too_late',
        'name',
        `the names file calls it "${given}", and it is "${name}" on Bifrost already`,
      ),
    ];
  if (name === natural || name.startsWith(`${natural} (`)) return renamed(natural, name, what);
  return [finding('change', 'renamed', 'name', `it is "${natural}" in LiteLLM now; on Bifrost it stays "${name}"`)];
}

function chosen(natural: string, name: string): Finding[] {
  if (name === natural) return [];
  return [finding('change', 'renamed', 'name', `"${natural}" is "${name}" on Bifrost, as the names file says`)];
}

function shared(name: string): Finding {
  const says = `it shares "${name}" on Bifrost with others, as the names file says; what limits one limits all of them together`;
  return finding('change', 'merged', 'name', says);
}

function renamed(natural: string, name: string, what: string): Finding[] {
  return name === natural
    ? []
    : [
        finding(
          'change',
          'renamed',
          'name',
          `"${natural}" is the name of an older ${what} too; on Bifrost it is "${name}"`,
        ),
      ];
}

/** G3: what is there is adopted and not touched; what differs is said, looser limits as a loss. */
export function adoptOrRefuse(context: PlanContext, what: string) {
  return (existing: TargetObject, differences: readonly Difference[]): Adoption => {
    if (context.settings.onExisting === 'fail') {
      return {
        verdict: 'conflict',
        message: `a ${what} named "${existing.name}" is on Bifrost already`,
        nextStep: 'Rename or delete it there, or run without --on-existing fail.',
      };
    }
    return { verdict: 'adopt', findings: adoptionFindings(what, existing.name, differences) };
  };
}

export function adoptionFindings(what: string, name: string, differences: readonly Difference[]): Finding[] {
  const adopted = finding('notice', 'adopted', '', `the ${what} "${name}" was on Bifrost already; it is used as it is`);
  return [
    adopted,
    ...differences.map((d) =>
      finding(
        'loss',
        'adopted_differs',
        d.field,
        `${d.field} on Bifrost is ${d.found}, LiteLLM asks for ${d.wanted}; it was not changed`,
      ),
    ),
  ];
}
