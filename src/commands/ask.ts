import { callerBaseUrl } from '../report/model.js';
import { interview } from '../engine/interview.js';
import { judgeBifrost } from '../inference/bifrost-answer.js';
import { judgeLitellm } from '../inference/litellm-answer.js';
import { newKeyValues } from './wiring.js';
import { openCaller } from '../inference/call.js';
import { Sample, type Pair } from '../engine/sample.js';
import type { Asking } from './asking.js';
import type { Interview } from '../report/interview.js';
import type { Secret } from '../secret.js';
import type { Settings } from '../config.js';
import type { VerifyOptions } from '../engine/verify.js';

/** Hears of the keys while they are verified, and asks for some of them afterwards. */
export type Asker = {
  readonly onKey: NonNullable<VerifyOptions['onKey']>;
  /** Makes the calls; `boundTo` = the gateway the journal belongs to. Nothing is written to either end. */
  ask(boundTo: string): Promise<Interview>;
};

/** With keys of LiteLLM given, only those keys are asked for. */
export function askerOf({ size, seed, oldKeys }: Asking, settings: Settings, signal: AbortSignal): Asker {
  const sample = new Sample(seed);
  return {
    onKey: (key, rights, active) => {
      if (oldKeys === null || oldKeys.has(key.id)) sample.offer(key, rights, active);
    },
    ask: async (boundTo) => {
      const pairs = sample.pairs(size);
      const values = await valuesOf(pairs, settings, boundTo);
      // As former callers of LiteLLM do (B§12.5).
      const bifrost = openCaller(callerBaseUrl(settings.bifrostUrl), judgeBifrost);
      const litellm = oldKeys === null ? null : openCaller(settings.litellmUrl, judgeLitellm);
      try {
        const newKey = (id: string): Secret | undefined => values.get(id);
        const oldKey = (id: string): Secret | undefined => oldKeys?.get(id);
        return { seed, asked: await interview({ pairs, bifrost, litellm, signal, newKey, oldKey }) };
      } finally {
        await Promise.all([bifrost.close(), litellm?.close()]);
      }
    },
  };
}

async function valuesOf(
  pairs: readonly Pair[],
  settings: Settings,
  boundTo: string,
): Promise<ReadonlyMap<string, Secret>> {
  const wanted = new Set(pairs.map(({ key }) => key.bifrostId));
  const found = new Map<string, Secret>();
  if (wanted.size === 0) return found;
  for await (const { id, value } of newKeyValues(settings, boundTo)) if (wanted.has(id)) found.set(id, value);
  return found;
}
