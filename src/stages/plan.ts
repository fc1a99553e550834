import type { Finding } from '../findings.js';
import type { JsonObject } from '../json.js';
import type { Capabilities, FindHint, Snapshot } from '../target/target.js';
import type { Body, Difference, ObjectKind, TargetObject } from '../target/objects.js';
import type { Membership, RecordKind, SourceRecord, User, World } from '../sources/records.js';
import type { Settings } from '../config.js';
import type { Catalog } from '../mapping/catalog.js';
import type { NameChoices } from '../mapping/name-choices.js';

/** What a stage answers: pure data (and pure functions) that the engine carries out. */

/** What the engine does when an object of the planned name is on the gateway already. Pure. */
export type Adoption =
  | { readonly verdict: 'adopt'; readonly findings: readonly Finding[] }
  | { readonly verdict: 'conflict'; readonly message: string; readonly nextStep: string };

export type CreateWrite = {
  readonly action: 'create';
  readonly kind: ObjectKind;
  /** Natural name: what the object is looked up by; one write per (kind, name) and run, shared by all records that name it. */
  readonly name: string;
  /** What a log line says about it: `provider "openai" (custom=false, base_url="")`. */
  readonly label: string;
  readonly path: string;
  readonly body: Body;
  readonly hint?: FindHint;
  /** No snapshot lists it (model configs of virtual keys would take minutes, B§5.6): the gateway is asked for it before it is sent. */
  readonly unlisted?: true;
  /** Asked when the name exists and was not made by this journal; `differences` = how it differs from `body`. */
  readonly adopt: (existing: TargetObject, differences: readonly Difference[]) => Adoption;
  /** Members that are not to be changed on an object that is there: what they should be is not known yet. */
  readonly keep?: readonly string[];
  /** What to do next when a refusal's message contains `text`; the general advice otherwise. */
  readonly advice?: readonly { readonly text: string; readonly nextStep: string }[];
  /** Refusals (HTTP 4xx) whose message contains `text` do not fail the record: this write is left out and the finding recorded. */
  readonly tolerated?: readonly {
    readonly text: string;
    readonly skip: { readonly reason: string; readonly message: string };
  }[];
};

export type UpdateWrite = {
  readonly action: 'update';
  readonly kind: ObjectKind;
  readonly name: string;
  readonly label: string;
  readonly path: string;
  readonly id: string;
  readonly hint?: FindHint;
  /** The whole body of the PUT from what is on the gateway right now; null = nothing to change. */
  readonly body: (current: TargetObject) => Body | null;
  /** What is changed cannot be seen on the gateway: an answer that says "done" is all there is. */
  readonly unseen?: true;
};

export type PlannedWrite = CreateWrite | UpdateWrite;

/** What a written record still lacks; filled in by a later run (mapping.md R2). */
export type Missing = { readonly what: 'owner' | 'allow_list' | 'limits' | 'rule'; readonly message: string };

/** What a key may call before and after (mapping/rights.ts), once for all keys that have it in common. */
export type PlannedRights = {
  /** Changes when, and only when, the JSON does. */
  readonly id: string;
  readonly json: string;
};

export type Plan = { readonly findings: readonly Finding[] } & (
  | { readonly outcome: 'skipped'; readonly reason: string; readonly message: string }
  | {
      readonly outcome: 'failed';
      readonly failure: 'permanent' | 'conflict' | 'ambiguous';
      readonly reason: string;
      readonly message: string;
      readonly nextStep: string;
    }
  /** Stays pending: a dependency is not there yet. */
  | { readonly outcome: 'waiting'; readonly reason: string; readonly message: string }
  | {
      readonly outcome: 'write';
      /** In order; a write whose predecessor failed is not sent. */
      readonly writes: readonly PlannedWrite[];
      /** The object whose id becomes the record's Bifrost id. */
      readonly main: { readonly kind: ObjectKind; readonly name: string };
      readonly missing: readonly Missing[];
      /** Kept on the record for later runs (e.g. the fingerprint of the access written). Never a secret. */
      readonly detail: JsonObject;
      /** Kept when the record is written; `detail` refers to them. */
      readonly rights?: PlannedRights;
      /** The record is planned once more in this run when these writes are done: what is left needs the ids they got. */
      readonly again?: true;
    }
  /** Written before, complete, nothing to do. `findings` of the earlier plan stay. */
  | { readonly outcome: 'settled' }
);

export type RecordStatus = 'pending' | 'written' | 'skipped' | 'failed';

/** What the journal knows about the record being planned. */
export type RecordState = {
  readonly status: RecordStatus;
  readonly bifrostId: string | null;
  /** Name of its main object, once given it never changes (mapping.md G2). */
  readonly bifrostName: string | null;
  readonly origin: 'created' | 'adopted' | null;
  readonly missing: readonly Missing[];
  readonly detail: JsonObject;
  /** The source changed since it was written. */
  readonly drifted: boolean;
};

/** What a stage may look at besides its record. All synchronous and pure: no network, no clock. */
export interface PlanContext {
  readonly world: World;
  readonly settings: Settings;
  readonly capabilities: Capabilities;
  /** Names, provider keys and groups derived from the world (mapping/catalog.ts). */
  readonly catalog: Catalog;
  readonly snapshot: Snapshot;
  /** Bifrost id of an object that is there now (created, adopted, or found); undefined when it is not. In a dry run a placeholder. */
  objectId(kind: ObjectKind, name: string): string | undefined;
  /** true when this journal created the object. */
  createdByUs(kind: ObjectKind, name: string): boolean;
  /** Journal state of another record, e.g. the team that owns a key. */
  record(kind: RecordKind, id: string): (RecordState & { readonly exists: true }) | undefined;
  /** A user row by id (streamed ones live in the journal). */
  user(id: string): User | undefined;
  /** The membership of a user in a team, for its budget and model list. */
  membership(teamId: string, userId: string): Membership | undefined;
  /** How many records of this kind with the same natural name come first by (createdAt, id): 0 = keeps the plain name. */
  rank(kind: RecordKind, id: string): number;
  /** Another record of this kind has this natural name: a disambiguated name must not become somebody else's. */
  isNaturalName(kind: RecordKind, name: string): boolean;
  /** What the operator's names file says; absent = there is none. */
  readonly names?: NameChoices;
  /** Milliseconds since 1970; one fixed value per run. */
  readonly now: number;
}

export const STAGES = ['models', 'routing', 'organizations', 'teams', 'users', 'virtual-keys'] as const;
export type StageName = (typeof STAGES)[number];

export interface Stage<R extends SourceRecord = SourceRecord> {
  readonly name: StageName;
  readonly kinds: readonly R['kind'][];
  /** How many writes of this stage may be in flight at once (contracts B§13): 1 = strictly one at a time. */
  readonly parallel: 'one' | 'many';
  plan(record: R, state: RecordState, context: PlanContext): Plan;
}
