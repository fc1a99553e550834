import * as z from 'zod';
import { PERSONALITIES } from './personality.js';

/** A management request that runs before the sandbox listens: how objects come to be there beforehand. */
const SEED_REQUEST = z.object({
  method: z.enum(['POST', 'PUT', 'DELETE']).default('POST'),
  path: z.string(),
  body: z.unknown().optional(),
});

export const BIFROST_SANDBOX_OPTIONS = z.object({
  personality: z.enum(PERSONALITIES).default('1.5.16'),
  /** 0 = any free port; always on 127.0.0.1. */
  port: z.number().int().min(0).max(65_535).default(0),
  /** Admin auth on, with these credentials. */
  auth: z.object({ username: z.string(), password: z.string() }).optional(),
  /** Every answer waits that long. */
  latencyMs: z.number().min(0).default(0),
  /** The whole environment of the gateway, for `env.NAME` secrets. Default: the environment of the process. */
  env: z.record(z.string(), z.string()).optional(),
  seed: z.array(SEED_REQUEST).default([]),
  /** What the upstream of a provider lists; null = its listing fails. */
  listedModels: z.record(z.string(), z.array(z.string()).nullable()).default({}),
});
export type BifrostSandboxOptions = z.input<typeof BIFROST_SANDBOX_OPTIONS>;
export type BifrostSandboxSettings = z.infer<typeof BIFROST_SANDBOX_OPTIONS>;
export type SeedRequest = z.input<typeof SEED_REQUEST>;
