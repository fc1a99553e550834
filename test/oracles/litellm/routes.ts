const CHAT = ['/v1/chat/completions', '/chat/completions'];

/** Groups of routes that hold the chat routes (L§4.16). */
const CHAT_GROUPS = new Set(['llm_api_routes', 'openai_routes']);
/** Of the groups that hold other inference routes only these are known: the OpenAI ones. */
const INFERENCE = /^\/(v1\/)?(chat\/completions|completions|embeddings|images\/|audio\/|moderations|responses)/;

/**
 * May a key with these `allowed_routes` call the route? Exact path, prefix of whole segments, `/path/*`, or a group.
 * @param route null = the chat route under either of its paths.
 */
export function mayCall(allowedRoutes: readonly string[], route: string | null): boolean {
  if (allowedRoutes.length === 0) return true;
  return (route === null ? CHAT : [route]).some((path) => allowedRoutes.some((entry) => covers(entry, path)));
}

function covers(entry: string, path: string): boolean {
  if (CHAT_GROUPS.has(entry)) return INFERENCE.test(path);
  if (entry.endsWith('*')) return path.startsWith(entry.slice(0, -1));
  return path === entry || path.startsWith(`${entry}/`);
}
