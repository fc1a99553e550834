import type { Secret } from './secret.js';

/** The choices of mapping.md and cli.md, after flags, environment and defaults are merged. */
export type Settings = {
  readonly litellmUrl: string;
  readonly litellmMasterKey: Secret;
  readonly litellmConfig: string | null;
  readonly litellmDbUrl: Secret | null;
  readonly litellmSaltKey: Secret;
  readonly bifrostUrl: string;
  readonly bifrostApiKey: Secret | null;
  readonly defaultProvider: string;
  readonly maxBudgetPeriod: string;
  readonly dryRun: boolean;
  readonly journal: string;
  readonly concurrency: number;
  /** Record kinds to work on; null = all. */
  readonly only: readonly string[] | null;
  readonly onCollision: 'rename' | 'fail';
  readonly onExisting: 'adopt' | 'fail';
  readonly organizationGates: 'enforce' | 'ignore';
  readonly zeroLimits: 'block' | 'ignore';
  readonly allModels: 'everything' | 'migrated';
  readonly expired: 'skip' | 'inactive';
  readonly requireOwner: boolean;
  readonly allowPrivateNetwork: boolean;
  readonly allowInsecureHttp: boolean;
  readonly rebind: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly yes: boolean;
  readonly debug: boolean;
};
