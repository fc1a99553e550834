import { sandboxWorld, type SandboxWorld } from '../../src/sandbox/litellm/world.js';

const DEPLOYMENTS = new Set(['gpt-4o', 'gpt-4o-mini', 'priced-model', 'db-openai', 'together-llama']);
const TEAMS = new Set(['t-basic', 't-acme', 't-limits', 't-dup-1', 't-dup-2']);
const USERS = new Set(['u-alice', 'u-carol', 'u-zero', 'u-dup-1', 'u-dup-2']);
const ORGANIZATIONS = new Set(['org-acme', 'org-open']);
const KEYS = [
  'k-basic',
  'k-acme-team',
  'k-limits-team',
  'k-organization',
  'k-budget',
  'k-model-budget',
  'same-1',
  'same-2',
];

/** What the environment references of the world stand for where Bifrost runs. */
export const GATEWAY_ENVIRONMENT = {
  OPENAI_API_KEY: 'value-of-openai',
  AZURE_API_KEY: 'value-of-azure',
};

/** Eight keys, and at least one object of every kind: small enough to be migrated some hundred times. */
export function smallWorld(): SandboxWorld {
  const whole = sandboxWorld();
  const keys = KEYS.map((name) => whole.keyNamed(name));
  return {
    ...whole,
    deployments: whole.deployments.filter(({ modelName }) => DEPLOYMENTS.has(modelName)),
    teams: whole.teams.filter(({ team_id: id }) => TEAMS.has(id)),
    users: whole.users.filter(({ user_id: id }) => USERS.has(id)),
    organizations: whole.organizations.filter(({ organization_id: id }) => ORGANIZATIONS.has(id)),
    keyCount: keys.length,
    key: (index) => {
      const found = keys[index];
      if (found === undefined) throw new RangeError(`no key ${index}`);
      return found;
    },
    organizationMemberships: [],
    accessGroups: [],
    projects: [],
    groupKeys: [],
    deletedKeys: [],
    routerSettings: { fallbacks: [{ 'gpt-4o-mini': ['gpt-4o'] }] },
    litellmSettings: {},
    configRows: {},
  };
}
