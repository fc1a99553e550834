/** Members of a price, as LiteLLM and Bifrost both call them: Bifrost's list of prices descends from LiteLLM's (B§5.8). */

/** What the patch of a pricing override takes on 1.5.2 and 1.5.16 alike; other members are dropped without a word. */
const TAKEN = new Set(
  (
    'input_cost_per_token output_cost_per_token input_cost_per_token_batches output_cost_per_token_batches ' +
    'input_cost_per_token_priority output_cost_per_token_priority input_cost_per_token_flex output_cost_per_token_flex ' +
    'input_cost_per_character input_cost_per_token_above_128k_tokens input_cost_per_image_above_128k_tokens ' +
    'input_cost_per_video_per_second_above_128k_tokens input_cost_per_audio_per_second_above_128k_tokens ' +
    'output_cost_per_token_above_128k_tokens input_cost_per_token_above_200k_tokens ' +
    'input_cost_per_token_above_200k_tokens_priority output_cost_per_token_above_200k_tokens ' +
    'output_cost_per_token_above_200k_tokens_priority input_cost_per_token_above_272k_tokens ' +
    'input_cost_per_token_above_272k_tokens_priority output_cost_per_token_above_272k_tokens ' +
    'output_cost_per_token_above_272k_tokens_priority cache_creation_input_token_cost cache_read_input_token_cost ' +
    'cache_creation_input_token_cost_above_200k_tokens cache_read_input_token_cost_above_200k_tokens ' +
    'cache_read_input_token_cost_above_200k_tokens_priority cache_creation_input_token_cost_above_1hr ' +
    'cache_creation_input_token_cost_above_1hr_above_200k_tokens cache_creation_input_audio_token_cost ' +
    'cache_read_input_token_cost_priority cache_read_input_token_cost_flex cache_read_input_image_token_cost ' +
    'cache_read_input_token_cost_above_272k_tokens cache_read_input_token_cost_above_272k_tokens_priority ' +
    'input_cost_per_image input_cost_per_pixel output_cost_per_image output_cost_per_pixel ' +
    'output_cost_per_image_premium_image output_cost_per_image_above_512_and_512_pixels ' +
    'output_cost_per_image_above_512_and_512_pixels_and_premium_image output_cost_per_image_above_1024_and_1024_pixels ' +
    'output_cost_per_image_above_1024_and_1024_pixels_and_premium_image output_cost_per_image_above_2048_and_2048_pixels ' +
    'output_cost_per_image_above_4096_and_4096_pixels output_cost_per_image_low_quality output_cost_per_image_medium_quality ' +
    'output_cost_per_image_high_quality output_cost_per_image_auto_quality input_cost_per_image_token ' +
    'output_cost_per_image_token input_cost_per_audio_token input_cost_per_audio_per_second input_cost_per_second ' +
    'input_cost_per_video_per_second output_cost_per_audio_token output_cost_per_video_per_second output_cost_per_second ' +
    'search_context_cost_per_query ocr_cost_per_page annotation_cost_per_page'
  ).split(' '),
);

/** LiteLLM's other names for members that Bifrost takes. */
const ALSO: { readonly [name: string]: string } = { input_cost_per_token_cache_hit: 'cache_read_input_token_cost' };

/** The rate that counts where a member is missing, on both sides (LiteLLM 1.109.1; Bifrost's tiered rates). */
const INSTEAD: { readonly [member: string]: string } = {
  ...tiers('input_cost_per_token'),
  ...tiers('output_cost_per_token'),
  cache_read_input_token_cost: 'input_cost_per_token',
  cache_read_input_token_cost_flex: 'cache_read_input_token_cost',
  cache_read_input_token_cost_priority: 'cache_read_input_token_cost',
  cache_read_input_token_cost_above_200k_tokens: 'cache_read_input_token_cost',
  cache_read_input_token_cost_above_200k_tokens_priority: 'cache_read_input_token_cost_above_200k_tokens',
  cache_read_input_token_cost_above_272k_tokens: 'cache_read_input_token_cost_above_200k_tokens',
  cache_read_input_token_cost_above_272k_tokens_priority: 'cache_read_input_token_cost_above_272k_tokens',
  cache_creation_input_token_cost: 'input_cost_per_token',
  cache_creation_input_token_cost_above_200k_tokens: 'cache_creation_input_token_cost',
  cache_creation_input_token_cost_above_1hr: 'cache_creation_input_token_cost',
  cache_creation_input_token_cost_above_1hr_above_200k_tokens: 'cache_creation_input_token_cost_above_1hr',
  input_cost_per_audio_token: 'input_cost_per_token',
  output_cost_per_audio_token: 'output_cost_per_token',
  input_cost_per_image_token: 'input_cost_per_token',
  output_cost_per_image_token: 'output_cost_per_token',
};

function tiers(base: string): { readonly [member: string]: string } {
  return {
    [`${base}_priority`]: base,
    [`${base}_flex`]: base,
    [`${base}_above_128k_tokens`]: base,
    [`${base}_above_200k_tokens`]: `${base}_above_128k_tokens`,
    [`${base}_above_200k_tokens_priority`]: `${base}_above_200k_tokens`,
    [`${base}_above_272k_tokens`]: `${base}_above_200k_tokens`,
    [`${base}_above_272k_tokens_priority`]: `${base}_above_272k_tokens`,
  };
}

/** USD per unit, by member. */
export type Costs = { readonly [member: string]: number };

/** The member of an override's patch that says the same; null where Bifrost has none. */
export function patchMember(name: string): string | null {
  const member = ALSO[name] ?? name;
  return TAKEN.has(member) ? member : null;
}

/** What a unit costs although its own member may be missing; null when nothing says so. */
export function rateOf(costs: Costs, member: string): number | null {
  for (let name: string | undefined = member; name !== undefined; name = INSTEAD[name]) {
    const cost = costs[name];
    if (cost !== undefined) return cost;
  }
  return null;
}

/** Every rate that follows from these, said outright: for a model of which Bifrost's own list may say something else. */
export function spelledOut(costs: Costs): Costs {
  const said: Record<string, number> = { ...costs };
  for (const member of Object.keys(INSTEAD)) {
    const rate = rateOf(costs, member);
    if (rate !== null) said[member] = rate;
  }
  return said;
}
