import type { RecordKind, SourceRecord, World } from '../sources/records.js';

/** What the operator's file says about one record (docs/cli.md). */
export type NameChoice = {
  readonly kind: RecordKind;
  readonly id: string;
  /** Its name on Bifrost; null = the natural one. */
  readonly name: string | null;
  /** Several records of one name become one object. */
  readonly merge: boolean;
  /** It is not migrated, nor what belongs to it. */
  readonly exclude: boolean;
};

/** Kinds whose name on Bifrost is free: people are found by their address, models by what callers type. */
export const NAMED_KINDS = ['organization', 'team', 'virtual_key'] as const satisfies readonly RecordKind[];

/** Kinds that may be merged: a key is one caller's own. */
export const MERGED_KINDS = ['organization', 'team'] as const satisfies readonly RecordKind[];

/** The choices of one run, looked up by record. */
export class NameChoices {
  readonly #byRecord: ReadonlyMap<string, NameChoice>;
  readonly #owners: ReadonlyMap<string, string>;
  /** Organizations of teams: an exclusion reaches from an organization to the keys of its teams. */
  readonly #organizations: ReadonlyMap<string, string | null>;

  constructor(choices: readonly NameChoice[], world: Pick<World, 'teams'>) {
    this.#byRecord = new Map(choices.map((choice) => [keyOf(choice.kind, choice.id), choice]));
    this.#owners = new Map(
      choices.flatMap(({ kind, id, name }): [string, string][] => (name === null ? [] : [[keyOf(kind, name), id]])),
    );
    this.#organizations = new Map(world.teams.map(({ id, organizationId }) => [id, organizationId]));
  }

  /** The name this record is to have; null = the file says nothing about it. */
  nameOf(kind: RecordKind, id: string): string | null {
    return this.#byRecord.get(keyOf(kind, id))?.name ?? null;
  }

  /** The file gives this name to another record. */
  isGivenAway(kind: RecordKind, name: string, id: string): boolean {
    const owner = this.#owners.get(keyOf(kind, name));
    return owner !== undefined && owner !== id;
  }

  merges(kind: RecordKind, id: string): boolean {
    return this.#byRecord.get(keyOf(kind, id))?.merge === true;
  }

  /** Why a record is left out: itself or its owner is excluded. null = it is not. What has no owner any more would be wider. */
  exclusion(record: SourceRecord): string | null {
    if (this.#excludes(record.kind, record.id)) return 'the names file excludes it';
    const owner = this.#ownersOf(record).find(([kind, id]) => id !== null && this.#excludes(kind, id));
    return owner === undefined ? null : `the names file excludes its ${owner[0]} ${owner[1]}`;
  }

  #ownersOf(record: SourceRecord): readonly (readonly [RecordKind, string | null])[] {
    const teamAnd = (teamId: string | null) =>
      [
        ['team', teamId],
        ['organization', teamId === null ? null : (this.#organizations.get(teamId) ?? null)],
      ] as const;
    switch (record.kind) {
      case 'deployment':
        return teamAnd(record.teamId);
      case 'team':
        return [['organization', record.organizationId]];
      case 'membership':
        return [...teamAnd(record.teamId), ['user', record.userId]];
      case 'virtual_key':
        return [...teamAnd(record.teamId), ['organization', record.organizationId]];
      default:
        return [];
    }
  }

  #excludes(kind: RecordKind, id: string | null): boolean {
    return id !== null && this.#byRecord.get(keyOf(kind, id))?.exclude === true;
  }
}

function keyOf(kind: RecordKind, id: string): string {
  return `${kind}\n${id}`;
}
