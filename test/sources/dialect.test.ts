import { describe, expect, it } from 'vitest';
import { dialectOf } from '../../src/sources/dialect.js';

describe('how a version decides', () => {
  it.each([
    ['1.61.1', 'alias', false, false],
    ['1.81.13', 'alias', false, false],
    ['1.83.9', 'alias', false, false],
    ['1.84.0-rc.1', 'target', true, false],
    ['1.106.2', 'target', true, false],
    ['1.109.1', 'target', true, true],
    ['v1.110.0.post1', 'target', true, true],
    ['2.0.0', 'target', true, true],
  ])('%s', (version, keyAliasCheck, missingTeamDenies, keyGroupsSatisfyTeam) => {
    expect(dialectOf(version)).toMatchObject({
      version,
      keyAliasCheck,
      missingTeamDenies,
      keyGroupsSatisfyTeam,
      fallbackTargetChecked: keyGroupsSatisfyTeam,
    });
  });

  it.each([null, 'main', 'latest-stable'])('%s: the stricter rule everywhere', (version) => {
    expect(dialectOf(version)).toEqual({
      version: null,
      keyAliasCheck: 'both',
      zeroOrganizationBudgetBlocks: true,
      zeroUserBudgetBlocksAtOnce: true,
      unpricedIgnoresBudgets: false,
      missingTeamDenies: true,
      keyGroupsSatisfyTeam: false,
      fallbackTargetChecked: true,
      newestTeamDeploymentOnly: true,
      teamShadowsAliasTarget: 'unknown',
      accessGroupsFilterDeployments: true,
      weightMetric: 'group-maximum',
    });
  });
});
