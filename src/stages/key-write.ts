import { finding } from '../findings.js';
import type { PlannedKey } from '../mapping/catalog.js';
import type { Body, BodyValue, ProviderKeyObject } from '../target/objects.js';
import type { PlanContext, PlannedWrite } from './plan.js';

/** M18: exactly the public names, always a weight. Names that came since are added to a key of ours. */
export function keyWrite(key: PlannedKey, context: PlanContext): PlannedWrite {
  const path = `/api/providers/${encodeURIComponent(key.provider)}/keys`;
  const { body, label } = said(key, context);
  const [existing] = context.snapshot.find('provider_key', key.name);
  if (existing && context.createdByUs('provider_key', key.name) && lacks(existing, key)) {
    return {
      action: 'update',
      kind: 'provider_key',
      name: key.name,
      label,
      path: `${path}/${encodeURIComponent(existing.id)}`,
      id: existing.id,
      hint: { provider: key.provider },
      body: (current) => (current.kind === 'provider_key' && lacks(current, key) ? extended(current, key, body) : null),
    };
  }
  const variable =
    typeof key.material.value === 'string' && key.material.value.startsWith('env.')
      ? key.material.value.slice(4)
      : null;
  return {
    action: 'create',
    kind: 'provider_key',
    name: key.name,
    label,
    path,
    body,
    hint: { provider: key.provider },
    adopt: (_existing, differences) =>
      differences.length === 0
        ? {
            verdict: 'adopt',
            findings: [
              finding('notice', 'adopted', '', `the key "${key.name}" was on Bifrost already; it is used as it is`),
            ],
          }
        : {
            verdict: 'conflict',
            message: `a key named "${key.name}" is on Bifrost, but ${differences.map((d) => `${d.field} is ${d.found}, not ${d.wanted}`).join('; ')}`,
            nextStep: 'Rename or remove that key on Bifrost, then run again.',
          },
    ...(variable !== null && {
      tolerated: [
        {
          text: 'Key value must not be empty',
          skip: {
            reason: 'variable_unset_on_bifrost',
            message: `${variable} is not set where Bifrost runs: export it there (and restart Bifrost), then run again`,
          },
        },
      ],
    }),
  };
}

const known = new WeakMap<PlannedKey, { readonly body: Body; readonly label: string }>();

/** Once per key and run: every deployment that feeds a key names it, and its lists may be long. */
function said(key: PlannedKey, context: PlanContext): { readonly body: Body; readonly label: string } {
  const before = known.get(key);
  if (before !== undefined) return before;
  const said = { body: keyBody(key, context), label: `key "${key.name}" (models=[${key.models.join(',')}])` };
  known.set(key, said);
  return said;
}

function keyBody(key: PlannedKey, context: PlanContext): Body {
  const entries = Object.entries(key.aliases).filter(
    ([name, upstream]) => (key.azure && context.capabilities.objectAliases) || name !== upstream,
  );
  const aliases = entries.map(([name, upstream]): [string, BodyValue] => [
    name,
    // Without a family Bifrost may send a name with "claude" in it on Anthropic's wire (M16, P§2.10).
    key.azure && context.capabilities.objectAliases ? { model_id: upstream, model_family: 'openai' } : upstream,
  ]);
  return {
    name: key.name,
    value: key.material.value,
    models: key.models,
    weight: key.weight,
    ...(aliases.length > 0 && { aliases: Object.fromEntries(aliases) }),
    ...key.material.config,
  };
}

function lacks(existing: ProviderKeyObject, key: PlannedKey): boolean {
  return key.models.some((name) => !existing.models.includes(name));
}

function extended(current: ProviderKeyObject, key: PlannedKey, body: Body): Body {
  return {
    ...body,
    models: [...new Set([...current.models, ...key.models])].sort(),
    aliases: { ...(current.aliases as Body), ...((body['aliases'] ?? {}) as Body) },
    weight: current.weight,
  };
}
