import { isObject, type JsonObject } from '../json.js';
import type { PricingOverrideObject } from '../target/objects.js';
import { rateOf, type Costs } from './price-fields.js';
import type { PlannedPrice } from './prices.js';

/** Prices an operator has set on Bifrost himself: they stay as they are, and stay in force (law 3, mapping.md M22). */

/**
 * What a token price applies to: every base type that has a price mode of its own on 1.5.2 and 1.5.16. `realtime` shares
 * the mode of `responses` and `image_variation` that of `image_generation`; streams are covered by their base type.
 */
export const REQUEST_TYPES = [
  'chat_completion',
  'text_completion',
  'responses',
  'embedding',
  'rerank',
  'speech',
  'transcription',
  'image_generation',
  'image_edit',
  'video_generation',
  'ocr',
] as const;

const SAME_MODE: { readonly [type: string]: string } = {
  realtime: 'responses',
  compaction: 'responses',
  websocket_responses: 'responses',
  image_variation: 'image_generation',
  video_remix: 'video_generation',
};

/** Request types for which this override prices the calls that `price` is about; [] for another model or provider. */
export function typesCovered({ body }: PricingOverrideObject, price: PlannedPrice): readonly string[] {
  const scope = body['scope_kind'];
  if (scope !== 'global' && (scope !== 'provider' || body['provider_id'] !== price.provider)) return [];
  const pattern = typeof body['pattern'] === 'string' ? body['pattern'] : '';
  const hits =
    body['match_type'] === 'wildcard'
      ? pattern.endsWith('*') && startOf(price).startsWith(pattern.slice(0, -1))
      : price.match === 'exact' && pattern === price.pattern;
  if (!hits || !Array.isArray(body['request_types'])) return [];
  return body['request_types'].map((type) => SAME_MODE[String(type)] ?? String(type));
}

function startOf({ match, pattern }: PlannedPrice): string {
  return match === 'wildcard' ? pattern.slice(0, -1) : pattern;
}

/** Members that cost less there than LiteLLM asks. What it leaves out counts as Bifrost's own list has it, where there is one. */
export function cheaperMembers(body: JsonObject, price: PlannedPrice, hasList: boolean): readonly string[] {
  const theirs = patchOf(body);
  return Object.entries(price.patch)
    .filter(([member, cost]) => {
      const rate = rateOf(theirs, member);
      return rate === null ? !hasList && cost > 0 : rate < cost;
    })
    .map(([member]) => member);
}

/** The patch of an override as Bifrost shows it. */
export function patchOf(body: JsonObject): Costs {
  const patch = body['patch'];
  if (!isObject(patch)) return {};
  return Object.fromEntries(
    Object.entries(patch).flatMap(([member, cost]) => (typeof cost === 'number' ? [[member, cost]] : [])),
  );
}
