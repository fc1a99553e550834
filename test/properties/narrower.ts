import type { Finding } from '../../src/findings.js';
import type { VirtualKey } from '../../src/sources/records.js';
import type { BifrostAnswer } from '../oracles/bifrost/oracle.js';
import type { LitellmAnswer } from '../oracles/litellm/oracle.js';
import { sharesBy, type Spot, type Trial } from './trial.js';

type Let = Extract<LitellmAnswer, { allowed: true }>;

/** What a key loses: `faults` without a word, `told` with one, counted by the code of the finding. */
export type Losses = { readonly faults: readonly string[]; readonly told: ReadonlyMap<string, number> };

/** Names LiteLLM allows that Bifrost refuses, serves elsewhere, or in other shares, without a finding that says so. */
export function narrowerThan(trial: Trial): Losses {
  const faults: string[] = [];
  const told = new Map<string, number>();
  trial.sample.keys.forEach((key, at) => {
    for (const name of trial.litellm.names()) {
      const here = trial.litellm.ask(key.id, name);
      if (!here.allowed) continue;
      const loss = lossOf(trial, key, name, here);
      if (loss === null) continue;
      const code = excuseFor(trial, key, name, here, loss.kind);
      if (code === null) faults.push(`key ${at} asks ${JSON.stringify(name)}: ${loss.text}`);
      else told.set(`${loss.kind}: ${code}`, (told.get(`${loss.kind}: ${code}`) ?? 0) + 1);
    }
  });
  return { faults, told };
}

type Kind = 'refused' | 'elsewhere' | 'shares' | 'fallbacks';
type Loss = { readonly kind: Kind; readonly text: string };

function lossOf(trial: Trial, key: VirtualKey, name: string, here: Let): Loss | null {
  const virtualKey = trial.virtualKeyOf(key);
  const wanted = sharesBy(here.reaches, (reach) => trial.spotOf(reach));
  const drawn = new Map([...wanted].filter(([, share]) => share > 0));
  const there: BifrostAnswer = virtualKey === null ? NO_KEY : trial.bifrost.ask(virtualKey, name);
  if (!there.allowed) return { kind: 'refused', text: `refused (${there.why}); LiteLLM: ${shown(drawn)}` };
  const found = sharesBy(there.reaches, (reach) => trial.spotOn(reach));
  const text = `${shown(found)}${there.refusedShare > 0 ? ` + ${percent(there.refusedShare)} refused` : ''}; LiteLLM: ${shown(drawn)}`;
  const missing = [...drawn.keys()].filter((spot) => !found.has(spot));
  // Where only fallbacks answer, any of them will do.
  if (drawn.size > 0 && missing.length > 0) return { kind: 'elsewhere', text };
  if (drawn.size > 0 && there.refusedShare > EXACT) return { kind: 'refused', text };
  const differs = [...drawn].some(([spot, share]) => Math.abs(share - (found.get(spot) ?? 0)) > EXACT);
  if (there.certain && differs) return { kind: 'shares', text };
  const reached = new Set([...found.keys(), ...there.fallbacks.map((one) => trial.spotOn(one))]);
  const lost = lostFallbacks(trial, here, reached);
  // What only fallbacks answer is another name here when none of them does.
  const isStrange =
    lost !== null && drawn.size === 0 && ![...spotsAfter(trial, here)].some((spot) => reached.has(spot));
  return isStrange ? { kind: 'elsewhere', text: `${text}; ${lost.text}` } : lost;
}

function spotsAfter(trial: Trial, { fallbacks }: Let): ReadonlySet<Spot> {
  const reaches = fallbacks.flatMap((fallback) => fallback.reaches.filter(({ share }) => share > 0));
  return new Set(reaches.map((reach) => trial.spotOf(reach)));
}

const NO_KEY: BifrostAnswer = { allowed: false, status: 0, why: 'no virtual key' };

/** Keys are drawn in hundredths. */
const EXACT = 0.011;

function lostFallbacks(trial: Trial, here: Let, found: ReadonlySet<Spot>): Loss | null {
  const lost = [...spotsAfter(trial, here)].filter((spot) => !found.has(spot));
  return lost.length === 0 ? null : { kind: 'fallbacks', text: `never falls back to ${lost.join(', ')}` };
}

/** Codes of findings on the key that name the name, by what they excuse. */
const NAMING: { readonly [kind in Kind]: readonly string[] } = {
  refused: [
    'deployment_not_carried',
    'fallback_needs_rule',
    'name_differs_by_case',
    'name_not_carried',
    'needs_routing_rule',
    'organization_gate_now_enforced',
    'team_model_of_admin',
    'undocumented_name',
    'unknown_name_fallback',
    'unmapped_model',
    'zero_limit_blocks',
  ],
  elsewhere: [
    'deployment_not_carried',
    'name_differs_by_case',
    'needs_routing_rule',
    'organization_gate_now_enforced',
    'standby_needs_rule',
    'undocumented_name',
    'team_model_of_admin',
    'unknown_name_fallback',
    'weights_approximated',
  ],
  shares: ['weights_approximated', 'undocumented_name'],
  fallbacks: [
    'deployment_not_carried',
    'fallback_needs_rule',
    'fallback_not_carried',
    'fallback_not_permitted',
    'unknown_name_fallback',
  ],
};

/** Codes of findings on the key that say it about all its names. */
const WHOLE_KEY = [
  'blocked',
  'expired',
  'zero_limit_blocks',
  'project_blocked',
  'project_missing',
  'team_blocked',
  'team_missing',
];

function excuseFor(trial: Trial, key: VirtualKey, name: string, here: Let, kind: Kind): string | null {
  const id = `virtual_key ${key.id}`;
  const own = trial.findings(id);
  const naming = ({ code, message }: Finding, codes: readonly string[], names: readonly string[]): boolean =>
    codes.includes(code) && names.some((one) => message.includes(`"${one}"`));
  const itself = own.find((one) => naming(one, NAMING[kind], [name, ...patternsOf(trial, here)]));
  if (itself !== undefined) return itself.code;
  const next = kind === 'fallbacks' ? here.fallbacks.map((fallback) => fallback.name) : [];
  const ofNext = own.find((one) => naming(one, NAMING.refused, next));
  if (ofNext !== undefined) return ofNext.code;
  const isUnknown = [name, ...next].some((one) => !isServed(trial, key, one));
  if (isUnknown && own.some((one) => naming(one, ['unknown_name_fallback'], ['every name it does not know'])))
    return 'unknown_name_fallback';
  const ending = trial.ending(id);
  if (ending?.reason != null) return ending.reason;
  const whole = own.find(({ code, message }) => WHOLE_KEY.includes(code) && message.includes('created inactive'));
  if (kind === 'refused' && whole !== undefined) return whole.code;
  return excuseOfDeployments(trial, name, here, kind);
}

/** Patterns of the deployments that answer. */
function patternsOf({ sample: { world } }: Trial, here: Let): readonly string[] {
  const ids = new Set(here.reaches.map(({ deployment }) => deployment));
  return world.deployments.flatMap(({ id, publicName }) =>
    ids.has(id) && publicName.includes('*') ? [publicName] : [],
  );
}

/** Some deployment of the key's has the name. */
function isServed({ sample: { world } }: Trial, key: VirtualKey, name: string): boolean {
  return world.deployments.some(
    ({ publicName, teamId }) => publicName === name && (teamId === null || teamId === key.teamId),
  );
}

/** All that is lost stayed behind, and each deployment says why. */
function excuseOfDeployments(trial: Trial, name: string, here: Let, kind: Kind): string | null {
  const reaches = kind === 'fallbacks' ? here.fallbacks.flatMap((fallback) => fallback.reaches) : here.reaches;
  const codes = reaches.map(({ deployment }) => {
    const ending = trial.ending(`deployment ${deployment}`);
    if (ending === undefined) return null;
    if (ending.reason !== null) return ending.reason;
    const { record } = ending;
    const isPlain = record.kind === 'deployment' && takesPlainly(trial, record.publicName, name);
    const said = ending.findings.find(
      ({ code, message }) =>
        // Later ones of a name stand by on another provider only (P§2.2, weight 0 within one is never drawn).
        (code === 'order_not_carried' && kind === 'fallbacks') ||
        (OF_DEPLOYMENTS.includes(code) && message.includes(`"${name}"`)) ||
        (code === 'wildcard_narrowed' && !isPlain),
    );
    return said?.code ?? null;
  });
  const left = codes.filter((code) => code !== null);
  return left.length > 0 && (kind !== 'refused' || left.length === codes.length) ? (left[0] ?? null) : null;
}

/** A pattern takes the name with its own provider in front, up to its own end, from a gateway that does not look it up. */
function takesPlainly({ state: { providers } }: Trial, pattern: string, name: string): boolean {
  const [head = '', tail = ''] = pattern.split('*');
  const isWithin = name.startsWith(head) && name.endsWith(tail) && name.length >= head.length + tail.length;
  const isLookedUp = providers.some((one) => one.baseType === null && pattern === `${one.name}/*`);
  return isWithin && pattern.includes('/') === name.includes('/') && !isLookedUp;
}

const OF_DEPLOYMENTS = ['needs_routing_rule', 'name_not_carried'];

function shown(shares: ReadonlyMap<Spot, number>): string {
  const parts = [...shares].map(([spot, share]) => (share > 1 - EXACT ? spot : `${percent(share)} ${spot}`));
  return parts.join(', ') || 'nothing';
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
