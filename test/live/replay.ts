import { parseArgs } from 'node:util';
import { readFile } from 'node:fs/promises';
import { CHAT_PATH, litellmAsker } from './ask.js';
import { member, textMember, type Answer } from './answer.js';
import { readSeed } from './options.js';

/**
 * Repeats recorded calls against a freshly seeded LiteLLM and compares: is the judge's reading of an answer what was
 * recorded? Usage: replay.js --litellm URL --seed-file FILE --calls FILE [--master-key-env NAME]
 */
const { values } = parseArgs({
  options: {
    litellm: { type: 'string' },
    'seed-file': { type: 'string' },
    calls: { type: 'string' },
    'master-key-env': { type: 'string', default: 'LITELLM_MASTER_KEY' },
  },
});

type Recorded = {
  readonly key: string;
  readonly model: string;
  readonly n: number;
  readonly [member: string]: unknown;
};

const keys = new Map((await readSeed(values['seed-file'] ?? '')).map(({ label, key }) => [label, key]));
keys.set('MASTER', process.env[values['master-key-env']] ?? '');
const ask = litellmAsker(values.litellm ?? '');
const calls = JSON.parse(await readFile(values.calls ?? '', 'utf8')) as readonly Recorded[];
const figures = { asked: 0, left: 0, differ: 0 };

for (const call of calls) {
  const key = keys.get(call.key);
  if (key === undefined || (textMember(call, 'path') ?? CHAT_PATH) !== CHAT_PATH) {
    figures.left += 1;
    continue;
  }
  // Spend is written in batches: a budget notices the call before some seconds later.
  if (call.n > 1) await pause(/budget/.test(textMember(call, 'note') ?? '') ? 6000 : 200);
  const answer = await ask(key, call.model);
  figures.asked += 1;
  if (agrees(call, answer)) continue;
  figures.differ += 1;
  console.log('differs', JSON.stringify({ recorded: call, answer }));
}
console.log(JSON.stringify(figures));
process.exitCode = figures.differ === 0 ? 0 : 1;

/** Which member of a group answers is drawn anew; whether one does is not. */
function agrees(call: Recorded, answer: Answer): boolean {
  const recordedType = textMember(call, 'type');
  const reached = textMember(call, 'upstream_model') !== null;
  const type = recordedType === 'None' ? null : recordedType;
  return (
    answer.status === member(call, 'status') &&
    answer.type === type &&
    (answer.kind === 'reached') === reached &&
    fits(call, answer)
  );
}

/** The kind we read must be the one that status and type of the recording stand for. */
function fits(call: Recorded, answer: Answer): boolean {
  const status = Number(member(call, 'status'));
  const type = textMember(call, 'type');
  if (status === 200) return answer.kind === 'reached';
  if (status === 429 || type === 'budget_exceeded' || /ExceededBudget/.test(textMember(call, 'message') ?? ''))
    return answer.kind === 'spent';
  return answer.kind === (status >= 500 ? 'failed' : 'refused');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
