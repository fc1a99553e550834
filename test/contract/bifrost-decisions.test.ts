import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MayCall } from '../../src/sandbox/bifrost/may-call.js';
import type { Outcome } from '../../src/sandbox/bifrost/outcomes.js';
import { startBifrostSandbox, type BifrostSandbox } from '../../src/sandbox/bifrost/server.js';
import { at, readLines, type Recording, type RecordedVersion } from './bifrost-recordings.js';

/**
 * "May this virtual key call this model, and who answers?" Real gateways were asked thousands of times over one world of
 * providers, keys, virtual keys and rules; whatever they answered must be among the outcomes the sandbox names, and
 * every outcome it calls likely must have been seen.
 */
type Build = {
  readonly phase: Phase;
  readonly path: string;
  readonly body: unknown;
  readonly save: { readonly [name: string]: string };
};
type Seen = {
  readonly phase: Phase;
  readonly outcomes: readonly string[];
  readonly questions: { readonly [virtualKey: string]: readonly string[] };
};
type Phase = 'plain' | 'rules' | 'litellm';

const UPSTREAM = 'http://127.0.0.1:9301';
const UNKNOWN_KEY = 'sk-bf-00000000-0000-0000-0000-000000000000';

describe.each<RecordedVersion>(['1.5.16', '1.5.2'])('decisions of Bifrost %s', (version) => {
  const seen = readLines<Seen>(`${version}/decisions.jsonl`);
  const world = new Map<string, string>([['vmiss', UNKNOWN_KEY]]);
  let sandbox: BifrostSandbox;

  beforeAll(async () => {
    sandbox = await startBifrostSandbox({
      personality: version,
      env: {},
      listedModels: { dead: null, deadstar: null, gemini: null },
    });
  });
  afterAll(() => sandbox.close());

  async function build(phase: Phase): Promise<void> {
    for (const { path, body, save } of readLines<Build>('decision-world.jsonl').filter(
      (step) => step.phase === phase,
    )) {
      const filled = JSON.stringify(body).replace(/\$\{(\w+)\}/g, (_, name: string) => world.get(name) ?? '');
      const response = await fetch(sandbox.url + path, { method: 'POST', body: filled });
      const answer = (await response.json()) as object;
      if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
      for (const [name, place] of Object.entries(save))
        world.set(name, String(at({ answer } as unknown as Recording, `answer.${place}`)));
    }
  }

  it.each<Phase>(['plain', 'rules', 'litellm'])('are what the sandbox foresees: %s', async (phase) => {
    await build(phase);
    const wrong: string[] = [];
    let asked = 0;
    for (const { outcomes, questions } of seen.filter((line) => line.phase === phase)) {
      for (const [name, models] of Object.entries(questions)) {
        for (const model of models) {
          const foreseen = foreseenIn(
            await mayCall({
              model,
              ...(name === 'none' ? {} : { vk: world.get(name) ?? '' }),
              ...(phase === 'litellm' ? { route: 'litellm' } : {}),
            }),
          );
          const real = outcomes.map((outcome) => outcome.replaceAll('{model}', model));
          const missing = [...foreseen].filter(
            ([outcome, chance]) => chance > 0.2 && outcome !== 'NET' && !real.includes(outcome),
          );
          const extra = real.filter((outcome) => !foreseen.has(outcome));
          if (missing.length + extra.length > 0)
            wrong.push(`${name} ${model}: real ${real.join(' | ')}, foreseen ${[...foreseen.keys()].join(' | ')}`);
          asked += 1;
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(40);
  });

  async function mayCall(question: { readonly [name: string]: string }): Promise<MayCall> {
    return (await (
      await fetch(`${sandbox.url}/__sandbox/may-call?${new URLSearchParams(question).toString()}`)
    ).json()) as MayCall;
  }
});

/** Outcome → chance, in the words of the recordings. What a dead upstream leaves over is up to its fallbacks. */
function foreseenIn({ candidates }: MayCall): ReadonlyMap<string, number> {
  const chances = new Map<string, number>();
  const add = (outcome: Outcome, chance: number): void =>
    void chances.set(wordsOf(outcome), (chances.get(wordsOf(outcome)) ?? 0) + chance);
  for (const candidate of candidates) {
    if (wordsOf(candidate) === 'NET') for (const fallback of candidate.fallbacks) add(fallback, 0);
    add(candidate, candidate.probability);
  }
  return chances;
}

function wordsOf(outcome: Outcome): string {
  const { allowed, status, type, message, provider, upstreamModel, keyName, baseUrl } = outcome;
  if (!allowed) return `${status} ${type} ${message}`;
  if (provider?.startsWith('dead')) return 'NET';
  // The vLLM keys of that world have no value the upstream could show.
  return `200 ${upstreamModel} ${provider === 'vllm' ? '' : (keyName ?? '')} ${(baseUrl ?? '').replace(UPSTREAM, '')}`;
}
