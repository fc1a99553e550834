import type {
  BifrostAnswer,
  BifrostState,
  BifrostVersion,
  KeyState,
  ProviderConfigState,
  ProviderState,
  RuleState,
  VirtualKeyState,
} from './bifrost/oracle.js';
import { BifrostOracle, type OracleOptions } from './bifrost/oracle.js';

export const VERSIONS: readonly BifrostVersion[] = ['1.5.2', '1.5.16'];

/** A custom openai-type provider, unless told otherwise. */
export function provider(name: string, more: Partial<ProviderState> = {}): ProviderState {
  return { name, baseType: 'openai', keyless: false, listModels: true, ...more };
}

export function standard(name: string): ProviderState {
  return provider(name, { baseType: null });
}

/** A key named by its id; serves what `models` lists. */
export function key(of: string, id: string, models: readonly string[], more: Partial<KeyState> = {}): KeyState {
  return { id, name: id, provider: of, models, aliases: {}, weight: 1, ...more };
}

export function entry(
  of: string,
  allowedModels: readonly string[],
  keyIds: readonly string[] = ['*'],
  more: Partial<ProviderConfigState> = {},
): ProviderConfigState {
  return { provider: of, weight: 1, allowedModels, keyIds, ...more };
}

/** A virtual key named by its id. */
export function virtualKey(
  id: string,
  providerConfigs: readonly ProviderConfigState[],
  more: Partial<VirtualKeyState> = {},
): VirtualKeyState {
  return { id, name: id, isActive: true, providerConfigs, ...more };
}

export function rule(cel_expression: string, target: object, more: Partial<RuleState> = {}): RuleState {
  return { name: cel_expression, cel_expression, targets: [{ weight: 1, ...target }], ...more };
}

export type Parts = Omit<BifrostState, 'version'>;

/** Gateways of both versions that hold the same; `ask` is about the virtual key `vk` unless told otherwise. */
export function gateway(version: BifrostVersion, parts: Parts, options: OracleOptions = {}) {
  const oracle = new BifrostOracle({ version, ...parts }, options);
  return {
    ask: (name: string, of: string | null = 'vk') => oracle.ask(of, name),
    /** In short: where it arrives, or the status. */
    where: (name: string, of: string | null = 'vk') => inShort(oracle.ask(of, name)),
    fallbacks: (name: string, of: string | null = 'vk') => fallbacksOf(oracle.ask(of, name)),
  };
}

/** `provider/key/upstream` with its share unless that is 1; `+ refused` for a share that is. */
export function inShort(answer: BifrostAnswer): string | number {
  if (!answer.allowed) return answer.status;
  const places = answer.reaches.map(({ provider: of, key: id, upstream, share }) => {
    const part = Math.abs(share - 1) < 1e-9 ? '' : ` ${share.toFixed(2)}`;
    return `${of}:${id ?? '-'}:${upstream}${part}`;
  });
  return [...places, ...(answer.refusedShare > 0 ? [`refused ${answer.refusedShare.toFixed(2)}`] : [])].join(', ');
}

function fallbacksOf(answer: BifrostAnswer): readonly string[] {
  return answer.allowed ? answer.fallbacks.map((each) => `${each.provider}:${each.key ?? '-'}:${each.upstream}`) : [];
}
