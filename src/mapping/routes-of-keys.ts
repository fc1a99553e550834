/** Does a key's `allowed_routes` let it call models at all? (V1, L§4.16) */

const NOT_INFERENCE = new Set([
  'management_routes',
  'info_routes',
  'spend_tracking_routes',
  'global_spend_tracking_routes',
  'public_routes',
  'ui_routes',
  'self_managed_routes',
  'sso_only_routes',
  'master_key_only_routes',
  'key_management_routes',
]);

const MANAGEMENT_PATH =
  /^\/(key|user|team|organization|budget|customer|end_user|model|model_group|spend|global|credentials|project|tag|health|config|sso|login|audit|cache|utils|get|router|access_group|v1\/access_group|v[12]\/model\/info|v1\/models|models|routes)(\/|\*|$)/;

/** true when no entry opens an inference route. An empty list opens all of them. */
export function managementOnly(allowedRoutes: readonly string[]): boolean {
  return (
    allowedRoutes.length > 0 && allowedRoutes.every((route) => NOT_INFERENCE.has(route) || MANAGEMENT_PATH.test(route))
  );
}

/** true when the list opens every inference route, so that nothing is lost by leaving it out. */
export function opensAllInference(allowedRoutes: readonly string[]): boolean {
  return (
    allowedRoutes.length === 0 ||
    allowedRoutes.some((route) => route === 'llm_api_routes' || route === '/*' || route === '*')
  );
}
