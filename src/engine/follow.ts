import { finding, type Finding } from '../findings.js';
import type { WriteRow } from '../journal/writes.js';
import type { CreateWrite } from '../stages/plan.js';
import type { Body, Difference, ObjectKind, TargetObject } from '../target/objects.js';
import { canonical } from './canonical.js';
import type { Tie } from './creation.js';
import { directionOf } from './direction.js';
import { changesOf } from './foreign-changes.js';
import { isReplacedWhole, memberOf, OWNER, putBody } from './put-body.js';
import type { WriteResult } from './result.js';
import type { RunState } from './run-state.js';
import { goneKey } from './target-truth.js';
import { update } from './update.js';

/**
 * `--update`: makes an object of ours what LiteLLM asks for now. Sent are only members that are on Bifrost as a run left them; what
 * somebody else has changed, and what this gateway cannot change, is left and named (`update_left`).
 *
 * @param object the object as read before the run wrote anything; it is read again before the PUT
 */
export async function follow(
  state: RunState,
  write: CreateWrite,
  row: WriteRow,
  object: TargetObject,
  tie: Tie,
): Promise<WriteResult> {
  const key = goneKey(write.kind, write.name);
  const before = state.followed.get(key);
  if (before !== undefined) return before;
  const result = await new Following(state, write, row, object).carryOut(tie);
  if (result.result !== 'done' || result.how !== 'kept') state.followed.set(key, result);
  return result;
}

class Following {
  readonly #state: RunState;
  readonly #write: CreateWrite;
  readonly #row: WriteRow;
  readonly #object: TargetObject;
  /** Members with secrets that changed although nothing of it can be seen on Bifrost. */
  readonly #unseen: readonly Difference[];

  constructor(state: RunState, write: CreateWrite, row: WriteRow, object: TargetObject) {
    this.#state = state;
    this.#write = write;
    this.#row = row;
    this.#object = object;
    this.#unseen = unseenChanges(write, row, this.#differences(object));
  }

  async carryOut(tie: Tie): Promise<WriteResult> {
    const asked = [...this.#differences(this.#object), ...this.#unseen];
    const foreign = changesOf(this.#state, this.#row, this.#object);
    const isForeign = foreignMembers(this.#write, foreign);
    const left = asked.flatMap((one) => this.#whyLeft(one, isForeign, foreign));
    // A member is sent whole: one part of it that has to stay keeps all of it.
    const staying = new Set(asked.flatMap((one) => (this.#obstacle(one) === null ? [] : [memberOf(one.field)])));
    const pushed = asked.filter((one) => !isForeign(one) && !staying.has(memberOf(one.field)));
    const findings = left.map(({ difference, why }) => leftFinding(this.#write, difference, why));
    if (pushed.length === 0) return this.#kept(findings);
    const { kind, name } = this.#write;
    const label = `update ${kind.replaceAll('_', ' ')} "${name}": ${this.#shown(pushed)}`;
    if (!this.#state.dry) this.#state.tell({ type: 'write', kind, label, result: 'planned', message: null });
    const result = await this.#put(pushed, label, tie);
    if (result.result !== 'done') return result;
    return { ...result, label, findings: [...findings, pushedFinding(this.#write, pushed, this.#shown(pushed))] };
  }

  #put(pushed: readonly Difference[], label: string, tie: Tie): Promise<WriteResult> {
    const { kind, name, path, hint, body } = this.#write;
    const members = new Set(pushed.map(({ field }) => memberOf(field)));
    const open = (current: TargetObject): boolean =>
      this.#unseen.length > 0 || this.#differences(current).some(({ field }) => members.has(memberOf(field)));
    const { capabilities } = this.#state.target;
    const id = this.#object.id;
    return update(
      this.#state,
      {
        action: 'update',
        kind,
        name,
        label,
        id,
        path: `${path}/${encodeURIComponent(id)}`,
        ...(hint !== undefined && { hint }),
        ...(this.#unseen.length > 0 && { unseen: true }),
        body: (current) => (open(current) ? putBody(body, members, current, capabilities) : null),
      },
      tie,
    );
  }

  #narrows(difference: Difference): boolean {
    return directionOf(this.#write.kind, this.#write.body, this.#object, difference) === 'wider';
  }

  #kept(findings: readonly Finding[]): WriteResult {
    const { kind, name } = this.#write;
    return {
      result: 'done',
      how: 'kept',
      kind,
      name,
      bifrostId: this.#object.id,
      origin: this.#row.origin ?? 'created',
      findings,
    };
  }

  /** Owners by their names: ids tell nobody anything. */
  #shown(differences: readonly Difference[]): string {
    const { snapshot } = this.#state;
    const kinds = { team_id: 'team', customer_id: 'customer' } as const;
    return differences
      .map((one) => {
        const kind = kinds[one.field as keyof typeof kinds] as (typeof kinds)[keyof typeof kinds] | undefined;
        if (kind === undefined) return shown(one);
        const named = (id: string): string => snapshot.byId(kind, id)?.name ?? id;
        return `${kind} ${named(one.found)} -> ${named(one.wanted)}`;
      })
      .join(', ');
  }

  #differences(object: TargetObject): readonly Difference[] {
    return this.#state.target.differences(this.#write.kind, this.#write.body, object);
  }

  /** Where LiteLLM asks for what was written before, nothing is left undone: that somebody changed it is said elsewhere. */
  #whyLeft(
    difference: Difference,
    isForeign: (one: Difference) => boolean,
    foreign: readonly Difference[],
  ): readonly { readonly difference: Difference; readonly why: string }[] {
    if (isForeign(difference)) {
      const asBefore = foreign.some(({ field, wanted }) => field === difference.field && wanted === difference.wanted);
      return asBefore ? [] : [{ difference, why: 'it was changed on Bifrost since it was written' }];
    }
    const why = this.#obstacle(difference);
    return why === null ? [] : [{ difference, why }];
  }

  /** Why this gateway, or this program, does not change it; null = it does. */
  #obstacle(difference: Difference): string | null {
    const { field } = difference;
    const { kind, keep = [] } = this.#write;
    const member = memberOf(field);
    if (keep.includes(member)) return 'what it should be is not on Bifrost yet';
    if (kind === 'provider')
      return 'Bifrost replaces a provider as a whole, with settings nobody has given here (B§3.4)';
    if (kind === 'member') return 'a membership has nothing that could be changed';
    if (kind === 'team' && member === OWNER && this.#object.kind === 'team' && this.#object.customerId !== null)
      return 'Bifrost does not move a team to another customer (B§5.4)';
    if (kind === 'user' && (field === 'email' || this.#state.target.capabilities.usersApi !== 'canonical'))
      return 'this Bifrost does not let it be changed';
    if (kind !== 'user' && member === 'name') return 'a name on Bifrost stays what it is';
    const { refused, gaps } = this.#state;
    if (gaps.length > 0 && RESTRICTING.has(kind) && !this.#narrows(difference))
      return `what restricts it in LiteLLM may be among what could not be read this time (${gaps.join(', ')})`;
    if (refused.length > 0 && RESTS_ON_MODELS.has(member) && kind !== 'model_config')
      return `deployments that were written before cannot be read now (${refused.slice(0, 5).join(', ')}), and it would lose them`;
    return null;
  }
}

/** Kinds that LiteLLM's organizations, budgets, groups and projects restrict. */
const RESTRICTING: ReadonlySet<ObjectKind> = new Set(['customer', 'team', 'virtual_key', 'model_config']);

/** Members that follow from which deployments can be planned. */
const RESTS_ON_MODELS: ReadonlySet<string> = new Set(['provider_configs', 'models', 'aliases', 'targets', 'fallbacks']);

/** Where a PUT replaces everything, one change of somebody else's keeps all of it from being sent. */
function foreignMembers({ kind }: CreateWrite, foreign: readonly Difference[]): (one: Difference) => boolean {
  if (isReplacedWhole(kind)) return () => foreign.length > 0;
  const members = new Set(foreign.map(({ field }) => memberOf(field)));
  return ({ field }) => members.has(memberOf(field));
}

/** Two secrets may begin and end alike, which is all that Bifrost shows (B§4.4): what was sent tells them apart. */
function unseenChanges(write: CreateWrite, row: WriteRow, seen: readonly Difference[]): readonly Difference[] {
  if (write.kind !== 'provider_key') return [];
  const bodies = JSON.parse(row.bodies ?? '[]') as readonly Body[];
  const members = new Set(
    [write.body, ...bodies].flatMap(Object.keys).filter((m) => m === 'value' || /_key_config$/.test(m)),
  );
  const isSeen = (member: string): boolean => seen.some(({ field }) => memberOf(field) === member);
  const isNew = (member: string): boolean =>
    bodies.some((body) => canonical(body[member] ?? null) !== canonical(write.body[member] ?? null));
  return [...members]
    .filter((member) => !isSeen(member) && isNew(member))
    .map((field) => ({ field, wanted: 'another credential', found: 'the one before' }));
}

const LISTS = /(^|\.)(models|allowed_models|key_ids)$/;

function shown({ field, wanted, found }: Difference): string {
  if (!LISTS.test(field) || `${wanted}${found}`.includes('…')) return `${field} ${found} -> ${wanted}`;
  const [now, then] = [wanted, found].map((text) => (text === 'none' ? [] : text.split(', ')));
  const more = (now ?? []).filter((item) => !then?.includes(item)).map((item) => `+${item}`);
  const less = (then ?? []).filter((item) => !now?.includes(item)).map((item) => `-${item}`);
  return `${field} ${[...more, ...less].join(' ')}`;
}

function pushedFinding({ kind, name }: CreateWrite, pushed: readonly Difference[], what: string): Finding {
  const fields = pushed.map(({ field }) => field).join(', ');
  return finding('notice', 'updated', fields, `the ${kind.replaceAll('_', ' ')} "${name}" follows LiteLLM: ${what}`);
}

function leftFinding({ kind, name }: CreateWrite, { field, wanted, found }: Difference, why: string): Finding {
  return finding(
    'loss',
    'update_left',
    field,
    `the ${kind.replaceAll('_', ' ')} "${name}" keeps ${field} ${found}, LiteLLM asks for ${wanted}: ${why}`,
  );
}
