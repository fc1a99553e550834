import type { ObjectKind } from '../target/objects.js';
import type { RunEvent } from '../engine/events.js';

type Result = Extract<RunEvent, { type: 'write' }>['result'];

export type PlannedLine = { readonly kind: ObjectKind; readonly label: string };

/** Counts Bifrost objects by kind and result, and failed records, for the closing line. */
export interface Tally {
  listen(event: RunEvent): void;
  /** What a dry run would write, in order. */
  readonly plan: readonly PlannedLine[];
  /** `4 provider(s), 5 key(s), 6 model config(s) written, 0 failed` */
  closing(dryRun: boolean): string;
}

const WORDS: { readonly [K in ObjectKind]: string } = {
  provider: 'provider',
  provider_key: 'key',
  model_config: 'model config',
  customer: 'customer',
  team: 'team',
  user: 'user',
  member: 'team member',
  virtual_key: 'virtual key',
  routing_rule: 'routing rule',
  pricing_override: 'price',
};

export function createTally(): Tally {
  const counts = new Map<string, number>();
  const plan: PlannedLine[] = [];
  const count = (result: Result, kind: ObjectKind) => counts.get(`${result} ${kind}`) ?? 0;
  const kinds = Object.keys(WORDS) as ObjectKind[];
  const phrase = (results: readonly Result[]) =>
    kinds
      .map((kind) => ({ kind, n: results.reduce((sum, result) => sum + count(result, kind), 0) }))
      .filter(({ n }) => n > 0)
      .map(({ kind, n }) => `${n} ${WORDS[kind]}(s)`)
      .join(', ');
  let failed = 0;
  return {
    plan,
    listen(event) {
      if (event.type === 'record' && event.status === 'failed') failed++;
      if (event.type !== 'write') return;
      const key = `${event.result} ${event.kind}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      if (event.result === 'planned') plan.push({ kind: event.kind, label: event.label });
    },
    closing(dryRun) {
      if (dryRun) return `dry-run: ${phrase(['planned']) || 'nothing'} planned, no writes performed`;
      const adopted = phrase(['adopted']);
      return `done: ${phrase(['created', 'updated']) || 'nothing'} written${adopted === '' ? '' : `, ${adopted} adopted`}, ${failed} failed`;
    },
  };
}
