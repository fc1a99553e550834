import type { Finding } from '../../src/findings.js';
import { buildCatalog, type Catalog } from '../../src/mapping/catalog.js';
import { naturalName } from '../../src/mapping/names.js';
import type { Rights } from '../../src/mapping/rights.js';
import type { RecordKind, SourceRecord } from '../../src/sources/records.js';
import { stages } from '../../src/stages/index.js';
import type { Plan, PlanContext, PlannedWrite, RecordState } from '../../src/stages/plan.js';
import type { Capabilities } from '../../src/target/target.js';
import { capabilities, OLD_BIFROST, PENDING, settings } from '../factories.js';
import { standardProviders } from '../oracles/bifrost/names.js';
import { Gateway } from './gateway.js';
import type { Recipe } from './recipe.js';
import type { Sample } from './rows.js';

/** One record after the run. */
export type Ending = {
  readonly record: SourceRecord;
  readonly state: RecordState;
  readonly findings: readonly Finding[];
  /** Why it was not written. */
  readonly reason: string | null;
};

/** What a run left behind. */
export type Migration = {
  readonly gateway: Gateway;
  /** By `<kind> <id>`. */
  readonly endings: ReadonlyMap<string, Ending>;
  readonly catalog: Catalog;
  /** What keys may call before and after, by what `detail` of their records names. */
  readonly rights: ReadonlyMap<string, Rights>;
};

/** The moment of every run, as the oracle has it. */
export const NOW = '2026-01-01T00:00:00Z';

/** Round trips of a record that asks to be planned again, as in the engine. */
const ROUNDS = 3;

/**
 * Carries out the plans of all stages in order, one record after the other, on a gateway that takes everything.
 * @param before an earlier run, whose gateway is written on.
 */
export function migrate(sample: Sample, before?: Migration): Migration {
  return new Run(sample, before).carryOut();
}

export function capabilitiesOf({ bifrost }: Pick<Recipe, 'bifrost'>): Capabilities {
  const standard = { standardProviders: new Set(standardProviders(bifrost)) };
  return capabilities(bifrost === '1.5.2' ? { ...OLD_BIFROST, ...standard } : { usersApi: 'none', ...standard });
}

export function recordsOf({ world, users, memberships, keys }: Sample): readonly SourceRecord[] {
  return [...world.deployments, ...world.organizations, ...world.teams, ...users, ...memberships, ...keys];
}

class Run {
  readonly #gateway: Gateway;
  readonly #endings: Map<string, Ending>;
  readonly #rights: Map<string, Rights>;
  readonly #records: readonly SourceRecord[];
  readonly #context: PlanContext;

  constructor(sample: Sample, before: Migration | undefined) {
    this.#gateway = before?.gateway ?? new Gateway();
    this.#endings = new Map(before?.endings);
    this.#rights = new Map(before?.rights);
    this.#records = recordsOf(sample);
    this.#context = this.#contextOf(sample);
  }

  carryOut(): Migration {
    for (const stage of stages) {
      // Users come before memberships, as the engine sends them.
      for (const kind of stage.kinds) {
        const own = this.#records.filter((record) => record.kind === kind);
        const again = own.filter((record) => this.#carryOutOne(stage, record));
        for (let round = 2; round <= ROUNDS && again.length > 0; round += 1)
          again.splice(0, again.length, ...again.filter((record) => this.#carryOutOne(stage, record)));
      }
    }
    return {
      gateway: this.#gateway,
      endings: this.#endings,
      catalog: this.#context.catalog,
      rights: this.#rights,
    };
  }

  /** true: the record asks for another round. */
  #carryOutOne(stage: (typeof stages)[number], record: SourceRecord): boolean {
    const known = this.#endings.get(idOf(record));
    const plan = stage.plan(record, known?.state ?? PENDING, this.#context);
    if (plan.outcome === 'settled') return false;
    // What routing says comes on top of what was said about the deployment itself.
    const earlier = stage.name === 'routing' ? (known?.findings ?? []) : [];
    const findings = [...earlier, ...plan.findings];
    if (plan.outcome !== 'write') {
      const status = plan.outcome === 'waiting' ? 'pending' : plan.outcome;
      this.#endings.set(idOf(record), { record, findings, reason: plan.reason, state: { ...PENDING, status } });
      return false;
    }
    for (const write of plan.writes) this.#apply(write);
    if (plan.rights) this.#rights.set(plan.rights.id, JSON.parse(plan.rights.json) as Rights);
    this.#endings.set(idOf(record), { record, findings, reason: null, state: this.#stateAfter(plan) });
    return plan.again === true;
  }

  #stateAfter({ main, missing, detail }: Extract<Plan, { outcome: 'write' }>): RecordState {
    const object = this.#gateway.find(main.kind, main.name);
    if (object === undefined) throw new Error(`no ${main.kind} "${main.name}" was written`);
    const { id, name } = object;
    return { ...PENDING, status: 'written', bifrostId: id, bifrostName: name, origin: 'created', missing, detail };
  }

  #apply(write: PlannedWrite): void {
    const { kind, name } = write;
    const found = this.#gateway.find(kind, name);
    if (write.action === 'create') {
      if (found === undefined) this.#gateway.put(kind, name, write.body, write.hint?.provider);
      else if (isOwnObject(kind)) throw new Error(`two records want the ${kind} "${name}"`);
      return;
    }
    const [current] = this.#context.snapshot.find(kind, name);
    if (found === undefined || current === undefined) throw new Error(`no ${kind} "${name}" to update`);
    const body = write.body(current);
    if (body !== null) this.#gateway.put(kind, name, { ...found.body, ...body }, found.provider);
  }

  #contextOf({ recipe, world, users, memberships, keys }: Sample): PlanContext {
    const gateway = this.#gateway;
    const given = settings({ routing: recipe.routing ?? true, organizationGates: recipe.gates ?? 'enforce' });
    const able = capabilitiesOf(recipe);
    const ranks = ranksOf(this.#records);
    const names = new Set(this.#records.map((record) => `${record.kind} ${naturalName(record)}`));
    return {
      world,
      settings: given,
      capabilities: able,
      catalog: buildCatalog({
        world,
        settings: given,
        capabilities: able,
        existingProviders: gateway.all('provider').map(({ name }) => name),
        keyAliases: keys.flatMap(({ aliases, teamId }) =>
          Object.entries(aliases).map(([alias, target]) => ({ alias, target, teamId })),
        ),
        environment: () => undefined,
        credentialFile: () => undefined,
      }),
      snapshot: gateway.snapshot(),
      objectId: (kind, name) => gateway.find(kind, name)?.id,
      createdByUs: (kind, name) => gateway.find(kind, name) !== undefined,
      record: (kind, id) => {
        const known = this.#records.find((record) => record.kind === kind && record.id === id);
        const state = this.#endings.get(`${kind} ${id}`)?.state ?? PENDING;
        return known === undefined ? undefined : { ...state, exists: true };
      },
      user: (id) => users.find((user) => user.id === id),
      membership: (teamId, userId) => memberships.find((one) => one.teamId === teamId && one.userId === userId),
      rank: (kind, id) => ranks.get(`${kind} ${id}`) ?? 0,
      isNaturalName: (kind, name) => names.has(`${kind} ${name}`),
      now: Date.parse(NOW),
    };
  }
}

/** One object for one record (mapping.md G2). */
function isOwnObject(kind: string): boolean {
  return ['customer', 'team', 'virtual_key'].includes(kind);
}

function idOf({ kind, id }: { readonly kind: RecordKind; readonly id: string }): string {
  return `${kind} ${id}`;
}

/** How many of the same kind and name are older; those whose age nobody knows are the youngest. */
function ranksOf(records: readonly SourceRecord[]): ReadonlyMap<string, number> {
  const age = ({ createdAt, id }: SourceRecord): string => JSON.stringify([createdAt === null, createdAt, id]);
  const seen = new Map<string, number>();
  const ranks = new Map<string, number>();
  for (const record of [...records].sort((a, b) => (age(a) < age(b) ? -1 : 1))) {
    const name = `${record.kind} ${naturalName(record)}`;
    ranks.set(idOf(record), seen.get(name) ?? 0);
    seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  return ranks;
}
