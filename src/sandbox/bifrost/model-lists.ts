/** `models`, `allowed_models`, `key_ids` and their blacklists: `["*"]` alone means all, `[]` means none (B§4.2). */

export function listFault(list: readonly string[], kind: 'whitelist' | 'blacklist'): string | null {
  if (list.length > 1 && list.includes('*')) return `wildcard '*' cannot be used with other values in the ${kind}`;
  const seen = new Set<string>();
  for (const value of list) {
    if (seen.has(value.toLowerCase())) return `duplicate value '${value}' in ${kind}`;
    seen.add(value.toLowerCase());
  }
  return null;
}

export function isEverything(list: readonly string[]): boolean {
  return list.length === 1 && list[0] === '*';
}

/** Provider keys compare whatever the case; allow-lists of virtual keys do not use this. */
export function lists(list: readonly string[], model: string): boolean {
  return isEverything(list) || list.some((entry) => entry.toLowerCase() === model.toLowerCase());
}
