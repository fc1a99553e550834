import { sameUpstream, type Answer, type Upstream } from './answer.js';

/**
 * How a key fares with a name on the new gateway, compared with the old one:
 *  same              both reach the same upstream model with the same credential on the same path;
 *  same-failed       both let the call in, and the upstream fails for both;
 *  same-refused      both say no;
 *  narrower          LiteLLM lets it in, Bifrost does not, or not always, or its upstream fails;
 *  wider             Bifrost lets it in, LiteLLM does not, and the key reaches that upstream by no other name;
 *  spelling          Bifrost knows another spelling of a name the key may use anyway (`provider/name`): nothing gained;
 *  other-*           both let it in, but it arrives elsewhere;
 *  budget            a budget or a rate limit ran out while asking: says nothing about access;
 *  silent            no HTTP answer.
 */
export const VERDICTS = [
  'same',
  'same-failed',
  'same-refused',
  'narrower',
  'budget',
  'spelling',
  'wider',
  'other-model',
  'other-credential',
  'other-path',
  'silent',
] as const;
export type Verdict = (typeof VERDICTS)[number];

export type Judgement = { readonly verdict: Verdict; readonly reason: string };

export type Cell = {
  readonly name: string;
  readonly litellm: readonly Answer[];
  readonly bifrost: readonly Answer[];
  /** Upstreams that this name can lead to for this key, its own answers included (groups answer differently each time). */
  readonly accepted: readonly Upstream[];
  /**
   * Upstream model ids that the deployments behind this name declare, when calls of this name failed upstream of LiteLLM:
   * what they would have reached cannot be seen. Empty when none failed.
   */
  readonly unseenModels: readonly string[];
  /** Every upstream the key reaches on LiteLLM, by whatever name. */
  readonly reachable: readonly Upstream[];
  /** The name is `provider/x`: what LiteLLM says to this key about `x` (lets it in, or its limit has run out there). */
  readonly otherSpelling: { readonly heard: 'let-in' | 'spent'; readonly unseenModels: readonly string[] } | null;
  /** LiteLLM's limits refuse this key from the first call on (0 = blocked): a refusal, not something that ran out. */
  readonly limitIsZero: boolean;
};

/** The judgement over one key and one name. Pure. */
export function compareCell(cell: Cell): Judgement {
  const spentIsRefusal =
    cell.limitIsZero && cell.litellm.every((answer) => answer.kind === 'spent' || answer.kind === 'refused');
  const litellm = spentIsRefusal ? cell.litellm : unspent(cell.litellm);
  const bifrost = unspent(cell.bifrost);
  if (heard(cell.litellm).length === 0 || heard(cell.bifrost).length === 0) return judged('silent', 'no answer');
  if (litellm.length === 0 && bifrost.length === 0) return judged('same-refused', 'both limits say no');
  if (litellm.length === 0) return litellmSpent(bifrost);
  const isIn = litellm.some(letIn);
  if (bifrost.length === 0)
    return isIn ? judged('budget', 'ran out on Bifrost') : judged('same-refused', 'refused / limit');
  if (!isIn) return bifrost.some(letIn) ? onlyOnBifrost(cell, bifrost) : judged('same-refused', 'both refuse');
  if (!bifrost.some(letIn)) return judged('narrower', `refused: ${refusalOf(bifrost)}`);
  return bothIn(cell, litellm, bifrost);
}

/** LiteLLM's limit is used up: only a refusal on the other side can still be compared. */
function litellmSpent(bifrost: readonly Answer[]): Judgement {
  return bifrost.some(letIn) ? judged('budget', 'ran out on LiteLLM') : judged('same-refused', 'limit / refused');
}

function onlyOnBifrost(cell: Cell, bifrost: readonly Answer[]): Judgement {
  const { otherSpelling, reachable } = cell;
  const reached = upstreams(bifrost);
  const stranger = reached.find((one) => !contains(reachable, one) && !otherSpelling?.unseenModels.includes(one.model));
  const anyway = reached.length > 0 || otherSpelling?.heard === 'let-in';
  if (stranger === undefined && anyway) return judged('spelling', 'reached on LiteLLM by another name');
  if (otherSpelling?.heard === 'spent' && !cell.limitIsZero)
    return judged('budget', 'the other name ran out on LiteLLM');
  return judged('wider', stranger ? `reaches ${stranger.model}` : 'let in, upstream failed');
}

function bothIn(cell: Cell, litellm: readonly Answer[], bifrost: readonly Answer[]): Judgement {
  const found = upstreams(bifrost);
  const stranger = found.find((upstream) => !isExpected(cell, upstream));
  if (stranger) return stray(cell, stranger);
  if (bifrost.some((answer) => answer.kind === 'refused'))
    return judged('narrower', `sometimes refused: ${refusalOf(bifrost)}`);
  const failed = bifrost.find((answer) => answer.kind === 'failed');
  if (failed === undefined) return judged('same', 'same upstream');
  if (litellm.some((answer) => answer.kind === 'failed')) {
    return judged(found.length > 0 ? 'same' : 'same-failed', 'upstream fails for both');
  }
  // This key was lucky, or the failing member rested: others of its group have seen it fail.
  if (found.length > 0 && cell.unseenModels.length > 0) return judged('same', 'a member of the group fails for both');
  return judged(
    'narrower',
    `${found.length > 0 ? 'sometimes ' : ''}upstream failed: ${failed.status} ${failed.type ?? failed.message ?? ''}`,
  );
}

/** A model that LiteLLM was seen to reach must come with the same credential and path; of one it failed at only the id is known. */
function isExpected({ accepted, unseenModels }: Cell, upstream: Upstream): boolean {
  if (contains(accepted, upstream)) return true;
  return unseenModels.includes(upstream.model) && !accepted.some(({ model }) => model === upstream.model);
}

function stray(cell: Cell, upstream: Upstream): Judgement {
  const beyond = contains(cell.reachable, upstream) ? '' : ', reached by no name on LiteLLM';
  const sameModel = cell.accepted.filter((accepted) => accepted.model === upstream.model);
  const sameCredential = sameModel.filter((accepted) => accepted.credential === upstream.credential);
  if (sameCredential.length > 0)
    return judged('other-path', `${upstream.path} instead of ${sameCredential[0]?.path}${beyond}`);
  if (sameModel.length > 0) return judged('other-credential', `${upstream.model} with another credential${beyond}`);
  // Nothing to compare with, and a model that no deployment of this name declares: the key has gained one.
  if (cell.accepted.length === 0 && beyond !== '') return judged('wider', `reaches ${upstream.model}${beyond}`);
  return judged(
    'other-model',
    `${upstream.model} instead of ${[...new Set(cell.accepted.map(({ model }) => model))].join('|')}${beyond}`,
  );
}

function unspent(answers: readonly Answer[]): readonly Answer[] {
  return heard(answers).filter((answer) => answer.kind !== 'spent');
}

function heard(answers: readonly Answer[]): readonly Answer[] {
  return answers.filter((answer) => answer.kind !== 'silent');
}

function letIn(answer: Answer): boolean {
  return answer.kind === 'reached' || answer.kind === 'failed';
}

export function upstreams(answers: readonly Answer[]): Upstream[] {
  return answers.flatMap((answer) => (answer.upstream ? [answer.upstream] : []));
}

export function contains(list: readonly Upstream[], upstream: Upstream): boolean {
  return list.some((other) => sameUpstream(other, upstream));
}

function refusalOf(answers: readonly Answer[]): string {
  const refused = answers.find((answer) => answer.kind === 'refused');
  return refused ? `${refused.status} ${refused.type ?? refused.message ?? ''}`.trim() : '';
}

function judged(verdict: Verdict, reason: string): Judgement {
  return { verdict, reason };
}
