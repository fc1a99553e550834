import * as z from 'zod';
import { MigrateError } from '../errors.js';
import { Secret } from '../secret.js';
import type { ConnectedTarget } from './connect.js';

export type VirtualKeyValue = { readonly id: string; readonly name: string; readonly value: Secret };

/**
 * The secrets of all virtual keys, read from the gateway now and kept nowhere (`migrate keys`). In the order of the gateway.
 * Throws MigrateError when the list cannot be read whole.
 */
export function fetchVirtualKeyValues(target: ConnectedTarget): AsyncIterable<VirtualKeyValue> {
  return target.virtualKeyValues();
}

// 2.x may show the value wrapped (B§5.5).
const valueRow = z.object({
  id: z.string(),
  name: z.string(),
  value: z.union([z.string(), z.object({ value: z.string() })]),
});

export function parseVirtualKeyValue(row: unknown): VirtualKeyValue {
  const parsed = valueRow.safeParse(row);
  if (parsed.success) {
    const { id, name, value } = parsed.data;
    return { id, name, value: new Secret(typeof value === 'string' ? value : value.value) };
  }
  // No cause: it could quote the row.
  throw new MigrateError(
    'target_unexpected',
    'Bifrost lists a virtual key without a value.',
    'Use credentials that may read virtual keys.',
  );
}
