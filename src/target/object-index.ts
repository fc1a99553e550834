import { OBJECT_KINDS, type ObjectKind, type ObjectOf, type TargetObject } from './objects.js';
import type { Snapshot } from './target.js';

type Index = {
  readonly byId: Map<string, TargetObject>;
  /** Lists are replaced, never changed: they are handed out as they are. */
  readonly byName: Map<string, readonly TargetObject[]>;
  all: readonly TargetObject[] | null;
};

/** An empty snapshot: lookups by id and by name in constant time, one entry per (kind, id), in the order of arrival. */
export function createObjectIndex(): Snapshot {
  const kinds = new Map<ObjectKind, Index>(
    OBJECT_KINDS.map((kind) => [kind, { byId: new Map(), byName: new Map(), all: null }]),
  );

  function index(kind: ObjectKind): Index {
    return kinds.get(kind) as Index;
  }

  function remove(kind: ObjectKind, id: string): void {
    const here = index(kind);
    const { byId, byName } = here;
    const old = byId.get(id);
    if (old === undefined) return;
    here.all = null;
    byId.delete(id);
    const others = (byName.get(old.name) ?? []).filter((object) => object.id !== id);
    if (others.length === 0) byName.delete(old.name);
    else byName.set(old.name, others);
  }

  return {
    find: <K extends ObjectKind>(kind: K, name: string) =>
      (index(kind).byName.get(name) ?? []) as readonly ObjectOf<K>[],
    byId: <K extends ObjectKind>(kind: K, id: string) => index(kind).byId.get(id) as ObjectOf<K> | undefined,
    all: <K extends ObjectKind>(kind: K) => {
      const here = index(kind);
      return (here.all ??= [...here.byId.values()]) as readonly ObjectOf<K>[];
    },
    count: (kind) => index(kind).byId.size,
    put(object) {
      const here = index(object.kind);
      const { byId, byName } = here;
      here.all = null;
      const old = byId.get(object.id);
      if (old !== undefined && old.name !== object.name) remove(object.kind, object.id);
      byId.set(object.id, object);
      const same = (byName.get(object.name) ?? []).filter((other) => other.id !== object.id);
      byName.set(object.name, [...same, object]);
    },
    remove,
  };
}
