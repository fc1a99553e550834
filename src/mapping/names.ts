import type { SourceRecord } from '../sources/records.js';

/** Names on Bifrost: natural, unique, stable (mapping.md G1, G2, V2). */

const firstEight = (id: string): string => id.slice(0, 8);

/** The name a record would get if it were alone; never empty. Collisions are counted by it. */
export function naturalName(record: SourceRecord): string {
  switch (record.kind) {
    case 'deployment':
      return record.publicName;
    case 'organization':
    case 'team':
      return record.alias?.trim() || record.id;
    case 'user':
      return normalEmail(record.email) || record.id;
    case 'membership':
      return record.id;
    case 'virtual_key':
      return record.keyAlias?.trim() || `${record.keyName?.trim() || 'key'} ${firstEight(record.id)}`;
  }
}

/**
 * Among equals the first keeps the plain name, the others carry the first 8 characters of their id (G2): of ids that are
 * hexadecimal. Ids people chose often begin alike (`org-prod-1`, `org-prod-2`), so those are carried whole.
 */
export function disambiguated(natural: string, id: string): readonly [string, string] {
  const short = /^[0-9a-f]{8}/i.test(id) ? firstEight(id) : id;
  return [`${natural} (${short})`, `${natural} (${id})`];
}

/** E-mail addresses are compared trimmed and lower-cased (U1). */
export function normalEmail(email: string | null): string {
  return email?.trim().toLowerCase() ?? '';
}
