import type { Json } from '../../json.js';
import { isAtLeast, isNewer, type SandboxVersion } from './version.js';

/** An answer that is not the thing asked for; the server sends it as it is. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: Json,
  ) {
    super(`refused with ${status}`);
    this.name = 'Refusal';
  }
}

/** The first envelope of contracts L§1.2: `code` is a text; no parameter is `"None"` up to 1.106.2 and null after. */
export function proxyError(status: number, message: string, type: string, param: string | null): Refusal {
  return new Refusal(status, { error: { message, type, param, code: String(status) } });
}

/** The second envelope: FastAPI's HTTPException. */
export function detail(status: number, content: Json): Refusal {
  return new Refusal(status, { detail: content });
}

export function notFound(): Refusal {
  return detail(404, 'Not Found');
}

export function noParam(version: SandboxVersion): string | null {
  return isAtLeast(version, '1.109.1') ? null : 'None';
}

export function authError(version: SandboxVersion, status: number, message: string): Refusal {
  return proxyError(status, message, 'auth_error', noParam(version));
}

/** An error of a management endpoint: 1.109.1 has one type for all, the others what the endpoint happened to use. */
export function managementError(
  version: SandboxVersion,
  status: number,
  message: string,
  older: string,
  param = noParam(version),
): Refusal {
  return proxyError(status, message, isAtLeast(version, '1.109.1') ? 'invalid_request_error' : older, param);
}

/** The third envelope: 422 of a query value; 1.81.13 adds what came and what was wanted. */
export function invalidQuery(
  version: SandboxVersion,
  name: string,
  type: string,
  msg: string,
  input: string | null,
  context?: Json,
): Refusal {
  const more = isNewer(version) ? {} : { input, ...(context === undefined ? {} : { ctx: context }) };
  return detail(422, [{ type, loc: ['query', name], msg, ...more }]);
}
