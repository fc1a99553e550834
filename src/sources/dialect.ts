import type { Dialect } from './records.js';

type Version = readonly [major: number, minor: number, patch: number];

/** The 1.81 line as run is 1.81.13; what came after 1.83 decides as 1.106 and 1.109 do (L§0). */
const NEWER: Version = [1, 84, 0];
/** Seen in 1.109.1, not in 1.106.2 (L§3.7, P§2.18). */
const GROUPS_AND_FALLBACKS: Version = [1, 109, 0];

/** `1.109.1`, `v1.83.7.post1`, `1.84.0-rc.1` → numbers; null when it is no version. */
export function parseVersion(text: string): Version | null {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text.trim());
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

export function isAtLeast(version: Version, minimum: Version): boolean {
  for (const index of [0, 1, 2] as const) {
    if (version[index] !== minimum[index]) return version[index] > minimum[index];
  }
  return true;
}

/** How a LiteLLM of this version decides; an unknown version gets the stricter value everywhere (mapping.md, third law). */
export function dialectOf(versionText: string | null): Dialect {
  const version = versionText === null ? null : parseVersion(versionText);
  if (version === null) {
    return {
      ...NEWER_RULES,
      version: null,
      keyAliasCheck: 'both',
      newestTeamDeploymentOnly: true,
      teamShadowsAliasTarget: 'unknown',
    };
  }
  if (!isAtLeast(version, NEWER)) return { ...OLDER_RULES, version: versionText };
  const latest = isAtLeast(version, GROUPS_AND_FALLBACKS);
  return { ...NEWER_RULES, version: versionText, keyGroupsSatisfyTeam: latest, fallbackTargetChecked: latest };
}

const OLDER_RULES = {
  keyAliasCheck: 'alias',
  zeroOrganizationBudgetBlocks: false,
  zeroUserBudgetBlocksAtOnce: false,
  unpricedIgnoresBudgets: true,
  missingTeamDenies: false,
  keyGroupsSatisfyTeam: false,
  fallbackTargetChecked: false,
  newestTeamDeploymentOnly: true,
  teamShadowsAliasTarget: 'no',
  accessGroupsFilterDeployments: false,
  weightMetric: 'first-deployment',
} as const satisfies Omit<Dialect, 'version'>;

const NEWER_RULES = {
  keyAliasCheck: 'target',
  zeroOrganizationBudgetBlocks: true,
  zeroUserBudgetBlocksAtOnce: true,
  unpricedIgnoresBudgets: false,
  missingTeamDenies: true,
  keyGroupsSatisfyTeam: false,
  fallbackTargetChecked: true,
  newestTeamDeploymentOnly: false,
  teamShadowsAliasTarget: 'yes',
  accessGroupsFilterDeployments: true,
  weightMetric: 'group-maximum',
} as const satisfies Omit<Dialect, 'version'>;
