import type { Personality } from './personality.js';

/** One answer of the sandbox, before the faults see it. */
export type Reply = {
  readonly status: number;
  /** null = no Content-Type header (redirects). */
  readonly contentType: string | null;
  readonly body: string;
  readonly headers?: { readonly [name: string]: string };
};

const JSON_TYPE = 'application/json';
const TEXT_TYPE = 'text/plain; charset=utf-8';

export function json(value: unknown, status = 200): Reply {
  return { status, contentType: JSON_TYPE, body: `${JSON.stringify(value)}\n` };
}

/** The dashboard's index page: what an unknown GET answers with 200 (B§1.4). */
export function dashboard(): Reply {
  return {
    status: 200,
    contentType: 'text/html; charset=utf-8',
    body: '<!doctype html><html><head><title>Bifrost</title></head><body>dashboard</body></html>\n',
  };
}

export function plainText(status: number, body: string, headers?: Reply['headers']): Reply {
  return { status, contentType: TEXT_TYPE, body, ...(headers ? { headers } : {}) };
}

/** A request the gateway refuses: thrown by handlers, turned into the error envelope (B§2) at the edge. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** Only inference denials carry a type. */
  readonly type: string | null;
  readonly extra: { readonly [member: string]: unknown };

  constructor(status: number, message: string, type: string | null = null, extra: Refusal['extra'] = {}) {
    super(message);
    this.status = status;
    this.type = type;
    this.extra = extra;
  }
}

export function refusalReply(refusal: Refusal, personality: Personality): Reply {
  return json(
    {
      ...(refusal.type === null ? {} : { type: refusal.type }),
      is_bifrost_error: false,
      status_code: refusal.status,
      error: { message: refusal.message },
      extra_fields: { ...(personality.routingInfo ? { routing_info: {} } : {}), ...refusal.extra },
    },
    refusal.status,
  );
}
