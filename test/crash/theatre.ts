import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PersonalityName } from '../../src/sandbox/bifrost/personality.js';
import { writeConfigFile } from '../../src/sandbox/litellm/config-file.js';
import { startLitellmSandbox } from '../../src/sandbox/litellm/server.js';
import type { SandboxWorld } from '../../src/sandbox/litellm/world.js';
import { Lane, type LaneOptions } from './lane.js';
import { live, type Lineage, type Reference } from './lineage.js';

/** Gateways and folders that are gone when `close` is done. */
export class Theatre {
  readonly folder = mkdtempSync(join(tmpdir(), 'crash-'));
  readonly #closers: (() => Promise<void>)[] = [];
  #lanes = 0;

  /** A LiteLLM with this world: the variables that lead to it. A port is asked for when it takes another one's place. */
  async litellm(
    name: string,
    world: SandboxWorld,
    port = 0,
  ): Promise<{ variables: LaneOptions['litellm']; port: number; close: () => Promise<void> }> {
    const config = await writeConfigFile(world, join(this.folder, name));
    // This release shows organizations without a licence.
    const gateway = await startLitellmSandbox({ version: '1.81.13', world, port });
    let open = true;
    const close = async (): Promise<void> => {
      if (open) await gateway.close();
      open = false;
    };
    this.#closers.push(close);
    const variables = { LITELLM_URL: gateway.url, LITELLM_MASTER_KEY: gateway.masterKey, LITELLM_CONFIG: config };
    return { variables, port: Number(new URL(gateway.url).port), close };
  }

  async lane(
    personality: PersonalityName,
    litellm: LaneOptions['litellm'],
    more: Partial<LaneOptions> = {},
  ): Promise<Lane> {
    this.#lanes += 1;
    const folder = join(this.folder, `lane-${this.#lanes}`);
    const lane = await Lane.open({ personality, folder, litellm, ...more });
    this.#closers.push(() => lane.close());
    return lane;
  }

  async close(): Promise<void> {
    await Promise.all(this.#closers.map((close) => close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export type Played = { readonly points: number; readonly failures: readonly string[] };

/** Gateways are played side by side, too: more would take processor time from each other. */
export const LANES = Math.min(availableParallelism(), 4);

/** Plays every lineage, as many at a time as there are lanes; `begin` brings a lane to where its first run starts. */
export async function playAll(
  lanes: readonly Lane[],
  lineages: readonly Lineage[],
  reference: (lane: Lane) => Reference,
  begin: (lane: Lane) => Promise<void>,
): Promise<Played> {
  const waiting = [...lineages];
  const failures: string[] = [];
  let points = 0;
  async function work(lane: Lane): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await begin(lane);
      const { killed, violations } = await live(lane, next, reference(lane));
      points += killed;
      if (violations.length > 0)
        failures.push([`killed at ${next.kills.join(', then ')} (${next.label})`, ...violations].join('\n    '));
    }
  }
  await Promise.all(lanes.map(work));
  return { points, failures };
}
