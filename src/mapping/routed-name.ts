export type Names = { readonly [alias: string]: string };

/** Where a name is written anew before it is routed. */
export type Rewriting = {
  readonly teamAliases: Names;
  readonly keyAliases: Names;
  /** `litellm_settings.model_alias_map` */
  readonly aliasMap: Names;
};

export const NO_NAMES: Names = {};

/** A member of a plain object; names may be `constructor` or `__proto__`. */
export function own<T>(table: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/**
 * The name LiteLLM routes: team alias, key alias, global alias map, key alias again, one hop each, in every version (L§4.6).
 * `model_group_alias` comes after that, in the router.
 */
export function routedName(name: string, tables: Rewriting): string {
  return rewriting(name, tables).final;
}

/** What becomes of a name; `byKey`: an alias of the key had a say. */
export function rewriting(
  name: string,
  { teamAliases, keyAliases, aliasMap }: Rewriting,
): { readonly final: string; readonly byKey: boolean } {
  const afterTeam = own(teamAliases, name) ?? name;
  const afterKey = own(keyAliases, afterTeam) ?? afterTeam;
  const afterMap = own(aliasMap, afterKey) ?? afterKey;
  const final = own(keyAliases, afterMap) ?? afterMap;
  return { final, byKey: afterKey !== afterTeam || final !== afterMap };
}
