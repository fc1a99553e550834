import { readFileSync } from 'node:fs';
import type { Body, ObjectKind } from '../../src/target/objects.js';
import type { FindHint } from '../../src/target/target.js';

/** Answers recorded from real gateways (test/fixtures/target). */

export const VERSIONS = ['1.5.2', '1.5.16'] as const;
export type Version = (typeof VERSIONS)[number];

export type Recording = {
  readonly name: string;
  readonly request: { readonly method: string; readonly path: string; readonly body?: Body };
  readonly response: {
    readonly status: number;
    readonly headers: { readonly [name: string]: string | string[] };
    readonly body: unknown;
  };
};

export function recordings(version: Version): readonly Recording[] {
  const file = new URL(`../fixtures/target/bifrost-${version}.json`, import.meta.url);
  const all = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Omit<Recording, 'name'>>;
  return Object.entries(all).map(([name, recording]) => ({ name, ...recording }));
}

export function recording(version: Version, name: string): Recording {
  const found = recordings(version).find((one) => one.name === name);
  if (found === undefined) throw new Error(`no recording ${name} of ${version}`);
  return found;
}

const RESOURCES: readonly (readonly [RegExp, ObjectKind])[] = [
  [/^\/api\/providers\/[^/]+\/keys(\/[^/]+)?$/, 'provider_key'],
  [/^\/api\/providers(\/[^/]+)?$/, 'provider'],
  [/^\/api\/governance\/customers(\/[^/]+)?$/, 'customer'],
  [/^\/api\/governance\/teams(\/[^/]+)?$/, 'team'],
  [/^\/api\/governance\/virtual-keys(\/[^/]+(\/rotate)?)?$/, 'virtual_key'],
  [/^\/api\/governance\/model-configs(\/[^/]+)?$/, 'model_config'],
  [/^\/api\/governance\/routing-rules(\/[^/]+)?$/, 'routing_rule'],
  [/^\/api\/governance\/users(\/[^/]+)?$/, 'user'],
  [/^\/api\/governance\/pricing-overrides$/, 'pricing_override'],
];

/** What a management path is about; `member` = the list's member when it is a list. */
export function resource(path: string): { readonly kind: ObjectKind; readonly hint: FindHint } | undefined {
  const plain = path.split('?')[0] ?? '';
  const kind = RESOURCES.find(([pattern]) => pattern.test(plain))?.[1];
  if (kind === undefined) return undefined;
  const provider = /^\/api\/providers\/([^/]+)/.exec(plain)?.[1];
  return { kind, hint: provider === undefined ? {} : { provider: decodeURIComponent(provider) } };
}
