/** Does a list of model names, as keys and teams hold them, let a name through? Groups and aliases apart (contracts L§4.2). */
export function grants(models: readonly string[], name: string): boolean {
  if (models.length === 0 || models.includes('*') || models.includes('all-proxy-models')) return true;
  return models.some((entry) => entry === name || matchesPattern(entry, name));
}

/** `*` is any text; everything else is read as a regular expression, as LiteLLM does (contracts L§4.4). */
export function matchesPattern(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return false;
  try {
    return new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name);
  } catch {
    return false;
  }
}
