import { readMemory, type Item } from '../memory-litellm.js';
import { findingsOf, observe } from '../observation.js';
import { apiField, isRead } from '../coverage/api-fields.js';
import { apiWorld, LISTS, MEMBERS, type ListName } from '../coverage/api-world.js';
import { configFields } from '../coverage/config-fields.js';
import { databaseField } from '../coverage/database-fields.js';
import { databaseWorld, SCHEMAS, usesOf } from '../coverage/database-world.js';
import { baselineOf, names, writesOf, type Baseline } from '../coverage/experiment.js';
import { COUNTED_TABLES, IGNORED, IGNORED_TABLES, reasonFor } from '../coverage/ignored.js';
import { METADATA, WITH_METADATA } from '../coverage/metadata-members.js';
import type { Field } from '../coverage/verdicts.js';

/** What becomes of a field, as the experiments of test/coverage see it. */
export type Fact = {
  /** Changing it changes what is written, or whether. */
  readonly carried: boolean;
  /** Codes of findings that name it, with their severity: `loss expiry_not_carried`. */
  readonly findings: readonly string[];
  /** Why nothing is said and nothing changes; null where something does. */
  readonly ignored: string | null;
};

/** section of docs/mapping.md → field → what becomes of it. */
export type Facts = { readonly [section: string]: { readonly [field: string]: Fact } };

/** Where docs/mapping.md lists the fields of a table, a list, or a section of config.yaml. */
const SECTIONS: { readonly [of: string]: string } = {
  ProxyModelTable: 'models',
  model_info: 'models',
  model_list: 'models',
  CredentialsTable: 'credentials',
  credential_list: 'credentials',
  credentials: 'credentials',
  Config: 'settings',
  router_settings: 'settings',
  litellm_settings: 'settings',
  general_settings: 'settings',
  sections: 'settings',
  OrganizationTable: 'organizations',
  organization_list: 'organizations',
  TeamTable: 'teams',
  ModelTable: 'teams',
  team_list: 'teams',
  v2_team_list: 'teams',
  UserTable: 'users',
  user_list: 'users',
  TeamMembership: 'memberships',
  team_memberships: 'memberships',
  VerificationToken: 'virtual keys',
  key_list: 'virtual keys',
  ObjectPermissionTable: 'virtual keys',
  BudgetTable: 'budgets',
  budget_list: 'budgets',
  AccessGroupTable: 'access groups',
  access_group: 'access groups',
  ProjectTable: 'projects',
  project_list: 'projects',
};

/** Versions, the newest first: an older one is asked only for what the newer ones do not have. */
const VERSIONS = ['1.109.1', '1.106.2', '1.81.13'] as const;

/** Every field test/coverage knows, tried where it was found first: in config.yaml, in the database, in the management API. */
export async function fieldFacts(): Promise<Facts> {
  const facts = new Map<string, Map<string, Fact>>();
  const tell = (section: string, field: string, fact: Fact): void => {
    const known = facts.get(section) ?? new Map<string, Fact>();
    facts.set(section, known.set(field, merged(known.get(field), fact)));
  };
  const isTold = (section: string, field: string): boolean => facts.get(section)?.has(field) ?? false;

  for (const field of configFields()) {
    const [section, name] = placeOfSetting(field);
    tell(section, name, await factOf(field, null));
  }
  for (const version of VERSIONS) {
    const database = await baselineOf(databaseWorld(version));
    for (const [name, columns] of Object.entries(SCHEMAS[version] ?? {})) {
      const table = name.replace('LiteLLM_', '');
      if (table in COUNTED_TABLES || table in IGNORED_TABLES) continue;
      for (const [column, type] of Object.entries(columns)) {
        const [section, field] = placeOf(table, column);
        if (!isTold(section, field))
          tell(section, field, await factOf(databaseField(version, table, column, type), database));
      }
    }
    for (const list of Object.keys(LISTS) as ListName[]) {
      if (!isRead(version, list)) continue;
      const api = await baselineOf(apiWorld(version, { list, row: 0, members: {} }));
      for (const [member, type] of Object.entries(MEMBERS[version]?.[list] ?? {})) {
        const [section, field] = placeOf(list, member);
        if (!isTold(section, field)) tell(section, field, await factOf(apiField(version, list, member, type), api));
      }
    }
  }
  for (const table of WITH_METADATA)
    for (const member of Object.keys(METADATA))
      tell(SECTIONS[table] ?? table, `metadata.${member}`, await factOf(metadataField(table, member), null));
  return sorted(facts);
}

function placeOfSetting({ of, field }: Field): [section: string, field: string] {
  if (of.startsWith('litellm_params')) return ['models', field];
  if (of === 'model_info') return ['models', `model_info.${field}`];
  if (of === 'sections') return ['settings', field];
  if (SECTIONS[of] === 'settings') return ['settings', `${of}.${field}`];
  return [SECTIONS[of] ?? of, field];
}

function placeOf(of: string, field: string): [section: string, field: string] {
  const section = SECTIONS[of] ?? of;
  if (of === 'model_info') return [section, field.replace(/^litellm_params\./, '')];
  if (of === 'ObjectPermissionTable') return [section, `object_permission.${field}`];
  if (of === 'router_settings') return [section, `${of}.${field}`];
  return [section, field];
}

function metadataField(table: string, member: string): Field {
  return {
    of: table,
    field: member,
    uses: usesOf('1.109.1', table).map((name, row) => ({
      name,
      trials: [{ value: METADATA[member] }],
      world: (members: Item) =>
        databaseWorld('1.109.1', Object.keys(members).length === 0 ? undefined : { table, row, columns: { metadata: members } }),
    })),
  }; // prettier-ignore
}

async function factOf({ of, field, uses }: Field, unchanged: Baseline | null): Promise<Fact> {
  const reason = reasonFor(IGNORED, of, field);
  if (reason !== undefined) return { carried: false, findings: [], ignored: reason };
  let carried = false;
  const findings = new Set<string>();
  for (const use of uses) {
    const plain = unchanged ?? (await baselineOf(use.world({})));
    for (const { value, with: others } of use.trials) {
      const before = others === undefined ? plain : await baselineOf(use.world(others));
      const after = observe(await readMemory(use.world({ ...others, [field]: value })));
      carried ||= writesOf(after) !== before.writes;
      for (const one of findingsOf(after))
        if (!before.findings.has(JSON.stringify(one)) && names(one, field)) findings.add(`${one.severity} ${one.code}`);
    }
  }
  return { carried, findings: [...findings].sort(), ignored: null };
}

/** A param may be tried for several providers. */
function merged(known: Fact | undefined, fact: Fact): Fact {
  if (known === undefined) return fact;
  return {
    carried: known.carried || fact.carried,
    findings: [...new Set([...known.findings, ...fact.findings])].sort(),
    ignored: known.ignored === null || fact.ignored === null ? null : known.ignored,
  };
}

function sorted(facts: ReadonlyMap<string, ReadonlyMap<string, Fact>>): Facts {
  const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
  return Object.fromEntries(
    [...facts].sort(byName).map(([section, fields]) => [section, Object.fromEntries([...fields].sort(byName))]),
  );
}
