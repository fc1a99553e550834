import { finding } from '../findings.js';
import { planLimits } from '../mapping/limits.js';
import { fieldsNotCarried, metadataNotCarried } from '../mapping/not-carried.js';
import type { Organization } from '../sources/records.js';
import type { Stage } from './plan.js';
import { adoptOrRefuse, fail, nameFor, SETTLED, withoutId, write } from './shared.js';

/** Organizations → customers (mapping.md G1–G5, G7). */
export const organizations: Stage<Organization> = {
  name: 'organizations',
  kinds: ['organization'],
  parallel: 'many',
  plan: (organization, state, context) => {
    if (state.status === 'written') return SETTLED;
    const unknown = withoutId(organization);
    if (unknown) return unknown;
    const naming = nameFor(organization, state, context, 'organization');
    if (!naming.ok) return naming.plan;
    const { dialect } = context.world;
    const limits = planLimits(organization.limits, {
      maxBudgetPeriod: context.settings.maxBudgetPeriod,
      member: 'budget',
      zeroBudget: dialect.zeroOrganizationBudgetBlocks ? 'report' : 'unlimited',
    });
    const findings = [...organization.notes, ...naming.findings, ...limits.findings];
    if (!organization.alias?.trim())
      findings.push(finding('change', 'name_from_id', 'organization_alias', 'it has no alias; its id is the name'));
    if (organization.models.length > 0) {
      const folded = context.settings.organizationGates === 'enforce';
      findings.push(
        folded
          ? finding(
              'change',
              'models_folded',
              'models',
              'customers have no model list on Bifrost; it is folded into the virtual keys',
            )
          : finding(
              'loss',
              'models_not_carried',
              'models',
              'customers have no model list on Bifrost, and --organization-gates ignore leaves it out of the virtual keys',
            ),
      );
    }
    if (limits.zero.length > 0) {
      findings.push(
        finding(
          'change',
          'zero_limit_blocks',
          limits.zero.join(', '),
          `${limits.zero.join(', ')} of 0 or less blocks in LiteLLM; its virtual keys are created inactive`,
        ),
      );
    }
    findings.push(...fieldsNotCarried(organization.rest), ...metadataNotCarried(organization.metadata));
    if (Object.keys(organization.limits.modelMaxBudget).length > 0) {
      findings.push(
        finding(
          'loss',
          'model_budget_not_carried',
          'model_max_budget',
          'budgets per model of an organization are not carried',
        ),
      );
    }
    if (limits.error !== null)
      return fail('limit_unreadable', limits.error, 'Correct it in LiteLLM and run again.', findings);
    const customer = {
      action: 'create',
      kind: 'customer',
      name: naming.name,
      label: `org "${organization.id}" -> customer "${naming.name}"`,
      path: '/api/governance/customers',
      body: { name: naming.name, ...limits.body },
      adopt: adoptOrRefuse(context, 'customer'),
    } as const;
    return write([customer], customer, findings);
  },
};
