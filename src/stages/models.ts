import { finding, type Finding } from '../findings.js';
import { hasLimits, type Catalog } from '../mapping/catalog.js';
import type { PlannedProvider } from '../mapping/endpoint.js';
import type { Deployment } from '../sources/records.js';
import { keyWrite } from './key-write.js';
import { limitWrites, modelConfigWrite } from './model-config-write.js';
import type { Plan, PlanContext, PlannedWrite, RecordState, Stage } from './plan.js';
import { providerWrite } from './provider-write.js';
import { fail, SETTLED, skip, write } from './shared.js';

/** Deployments → providers, provider keys, model configs (mapping.md M1–M21). */
export const models: Stage<Deployment> = {
  name: 'models',
  kinds: ['deployment'],
  parallel: 'one',
  plan: (deployment, state, context) => {
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
    if (wildcard && !wildcard.reachable) {
      findings.push(
        finding(
          'loss',
          'needs_routing_rule',
          'model_name',
          `"${deployment.modelName}" is ready on ${wildcard.provider.name}, but callers reach it only through a routing rule`,
        ),
      );
    } else if (wildcard && context.capabilities.bareNamesReachWildcards) {
      findings.push(
        finding(
          'loss',
          'needs_routing_rule',
          'model_name',
          `"${deployment.modelName}" is ready on ${wildcard.provider.name}, but no key gets it until a routing rule keeps other names from falling to it`,
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
  const writes: PlannedWrite[] = [
    providerWrite(catalog.providers.get(provider.name) ?? provider),
    ...keys.map((key) => keyWrite(key, context)),
    ...limitWrites(deployment, provider, findings, context),
  ];
  if (state.status === 'written' && writes.every((w) => w.action === 'create' && context.createdByUs(w.kind, w.name)))
    return SETTLED;
  const first = keys[0];
  const main = first
    ? ({ kind: 'provider_key', name: first.name } as const)
    : ({ kind: 'provider', name: provider.name } as const);
  return write(writes, main, findings);
}

function servesWithoutKey(deployment: Deployment, catalog: Catalog): boolean {
  const result = catalog.endpoints.get(deployment.id);
  if (!result?.ok || result.endpoint.key !== null) return false;
  return catalog.splits(deployment.publicName) ? false : result.endpoint.upstream === deployment.publicName;
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
