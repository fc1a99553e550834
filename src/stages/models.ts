import { finding, type Finding } from '../findings.js';
import { hasLimits, type Catalog } from '../mapping/catalog.js';
import type { PlannedProvider } from '../mapping/endpoint.js';
import { narrowedBy } from '../mapping/wildcards.js';
import type { Deployment } from '../sources/records.js';
import { keyWrite } from './key-write.js';
import { limitWrites, modelConfigWrite } from './model-config-write.js';
import type { Plan, PlanContext, PlannedWrite, RecordState, Stage } from './plan.js';
import { priceWrites } from './price-write.js';
import { providerWrite } from './provider-write.js';
import { fail, SETTLED, skip, write, withoutId } from './shared.js';

/** Deployments → providers, provider keys, model configs, prices (mapping.md M1–M22). */
export const models: Stage<Deployment> = {
  name: 'models',
  kinds: ['deployment'],
  parallel: 'one',
  plan: (deployment, state, context) => {
    const unknown = withoutId(deployment);
    if (unknown) return unknown;
    const result = context.catalog.endpoints.get(deployment.id);
    const own = [...deployment.notes, ...(context.catalog.findings.get(deployment.id) ?? [])];
    if (!result) return fail('not_planned', 'the deployment is not part of the world that was read', 'Run again.', own);
    const wildcard = context.catalog.wildcards.get(deployment.id);
    if (deployment.modelName === '*') return catchAll(deployment, own, context);
    if (!result.ok) {
      const findings = [...own, ...result.findings];
      const { reason, message, nextStep } = result.problem;
      return result.outcome === 'skipped'
        ? skip(reason, `${message}. ${nextStep}`, findings)
        : fail(reason, message, nextStep, findings);
    }
    const findings = [...own, ...result.endpoint.findings];
    if (wildcard && !wildcard.ok)
      return skip(wildcard.problem.reason, `${wildcard.problem.message}. ${wildcard.problem.nextStep}`, findings);
    if (wildcard) findings.push(narrowedBy(wildcard));
    if (wildcard && !wildcard.reachable && !context.catalog.routing) {
      findings.push(
        finding(
          'loss',
          'needs_routing_rule',
          'model_name',
          `"${deployment.modelName}" is ready on ${wildcard.provider.name}, but callers reach it only through a routing rule (--no-routing leaves it out)`,
        ),
      );
    }
    return carried(deployment, wildcard?.ok ? wildcard.provider : result.endpoint.provider, state, findings, context);
  },
};

function carried(
  deployment: Deployment,
  provider: PlannedProvider,
  state: RecordState,
  findings: Finding[],
  context: PlanContext,
): Plan {
  const { catalog } = context;
  const keys = catalog.keysOf(deployment.id);
  const keyless = keys.length === 0 && servesWithoutKey(deployment, catalog);
  if (keys.length === 0 && !keyless) {
    const why = findings.find((f) => ['needs_routing_rule', 'name_not_carried'].includes(f.code));
    if (deployment.blocked) return skip('blocked', 'LiteLLM has blocked this deployment', findings);
    return skip(
      why?.code ?? 'unreachable',
      why?.message ?? `no caller reaches it: "${deployment.publicName}" is an alias for something else`,
      findings,
    );
  }
  // What a pattern serves under other names has keys of its own, on a provider of its own.
  const providers = new Set([provider.name, ...keys.map((key) => key.provider)]);
  const sink = catalog.wildcards.has(deployment.id) ? catalog.sink : null;
  const writes: PlannedWrite[] = [
    ...[...providers].map((name) => providerWrite(catalog.providers.get(name) ?? provider)),
    ...(sink ? [providerWrite(sink)] : []),
    ...keys.map((key) => keyWrite(key, context)),
    ...limitWrites(deployment, provider, findings, context),
    ...priceWrites(deployment, state, findings, context),
  ];
  if (state.status === 'written' && writes.every((w) => w.action === 'create' && context.createdByUs(w.kind, w.name)))
    return SETTLED;
  return write(writes, mainOf(deployment, provider.name, catalog), findings);
}

/** The object that stands for a deployment: its first key; without one the provider. */
export function mainOf(
  deployment: Deployment,
  provider: string,
  catalog: Catalog,
): { readonly kind: 'provider_key' | 'provider'; readonly name: string } {
  const [first] = catalog.keysOf(deployment.id);
  return first ? { kind: 'provider_key', name: first.name } : { kind: 'provider', name: provider };
}

function servesWithoutKey(deployment: Deployment, catalog: Catalog): boolean {
  const result = catalog.endpoints.get(deployment.id);
  return result?.ok === true && result.endpoint.key === null && catalog.isServed(deployment.id);
}

function catchAll(deployment: Deployment, findings: readonly Finding[], context: PlanContext): Plan {
  const message =
    '"*" serves every name there is, which no provider on Bifrost can. Name the models callers use as deployments of their own, or as "<provider>/*".';
  if (!hasLimits(deployment)) return skip('wildcard_all', message, findings);
  const notes = [...findings, finding('loss', 'wildcard_all', 'model_name', message)];
  const writes = modelConfigWrite(
    null,
    '*',
    { provider: '', model: '*', deployments: [deployment.id] },
    notes,
    context,
  );
  return write(writes, { kind: 'model_config', name: '*/*' }, notes);
}
