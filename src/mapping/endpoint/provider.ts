import { finding } from '../../findings.js';
import { bifrostBase, hostKind, hostOf } from '../base-url.js';
import type { Wire } from '../providers.js';
import type { Build, PlannedProvider } from './plan.js';

export function standardProvider(name: string): PlannedProvider {
  return {
    name,
    baseType: null,
    baseUrl: null,
    paths: {},
    keyless: false,
    listModels: true,
    allowPrivateNetwork: false,
    hostKind: null,
  };
}

export function customProvider(name: string, wire: Wire, apiBaseUrl: string, build: Build): PlannedProvider {
  const { baseUrl, paths } = bifrostBase(apiBaseUrl, wire);
  return { ...standardProvider(name), ...reached(apiBaseUrl, build), baseType: wire, baseUrl, paths };
}

/** What the host of a URL means for Bifrost: another machine's loopback, an address it must be told it may call (M13). */
export function reached(url: string, build: Build): Pick<PlannedProvider, 'allowPrivateNetwork' | 'hostKind'> {
  const kind = hostKind(url);
  if (kind === 'loopback') {
    build.findings.push(
      finding(
        'change',
        'loopback_base_url',
        'api_base',
        `${hostOf(url)} is loopback: on Bifrost that is Bifrost's own machine`,
      ),
    );
  }
  return { allowPrivateNetwork: privateAllowed(kind, build), hostKind: kind };
}

/** M13: asked for, or the operator already uses a literal private address. */
function privateAllowed(kind: PlannedProvider['hostKind'], build: Build): boolean {
  return build.rules.capabilities.checksBaseUrls && (build.rules.allowPrivateNetwork || kind === 'private');
}
