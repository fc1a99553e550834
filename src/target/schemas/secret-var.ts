import * as z from 'zod';

/** How Bifrost shows a secret-typed value: `{value,ref?,type?}` on 1.5.16, `{value,env_var,from_env}` before (B§4.4). */
export const secretVar = z.union([
  z.object({ value: z.string().nullish(), ref: z.string().nullish(), env_var: z.string().nullish() }),
  z.string().transform((value) => ({ value, ref: null, env_var: null })),
]);

export type SecretVar = z.infer<typeof secretVar>;

/** `env.NAME` or `vault.path`, else null. */
export function referenceOf(shown: SecretVar | null | undefined): string | null {
  return shown?.ref || shown?.env_var || null;
}
