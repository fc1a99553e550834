import { readFileSync } from 'node:fs';
import { MigrateError, reasonOf } from '../errors.js';
import { printableJson, visible } from '../report/visible.js';

/** How a command ended that could not go on. */
export type Failure = {
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
  readonly exitCode: number;
  readonly stack: string | null;
};

/** Names of variables whose values must not be seen in a message or a stack. */
const SECRET_VARIABLES = ['LITELLM_MASTER_KEY', 'LITELLM_SALT_KEY', 'LITELLM_DB_URL', 'BIFROST_API_KEY'] as const;

export function failureOf(error: unknown, env: { readonly [name: string]: string | undefined }): Failure {
  const hide = hider(env);
  if (error instanceof MigrateError) {
    return {
      code: error.code,
      message: hide(error.message),
      nextStep: hide(error.nextStep),
      exitCode: error.exitCode,
      stack: null,
    };
  }
  return {
    code: 'bug',
    message: hide(`Unexpected: ${reasonOf(error)}`),
    nextStep: 'This is a bug in migrate; --debug shows the stack. The journal is safe: migrate resume goes on.',
    exitCode: 1,
    stack: error instanceof Error && error.stack !== undefined ? hide(error.stack) : null,
  };
}

/** `error:` and `next:` lines for a person. */
export function failureLines({ message, nextStep, stack }: Failure, debug: boolean): string {
  const lines = [`error: ${visible(message)}`, `next:  ${visible(nextStep)}`];
  if (debug && stack !== null) lines.push(...stack.split('\n').map(visible));
  return `${lines.join('\n')}\n`;
}

export function failureJson({ code, message, nextStep }: Failure): string {
  return `${printableJson({ error: { code, message, nextStep } })}\n`;
}

/** Drivers put URLs and headers into their errors; ours are known, so they can be taken out again. */
export function hider(env: { readonly [name: string]: string | undefined }): (text: string) => string {
  const values = SECRET_VARIABLES.flatMap((name) => {
    const value = env[name] || fileContent(env[`${name}_FILE`]);
    if (value === undefined || value.length < 4) return [];
    return formsOf(name, value).filter((form) => form.length >= 4);
  }).sort((a, b) => b.length - a.length);
  return (text) => values.reduce((result, value) => result.replaceAll(value, '***'), text);
}

/** A value, what it consists of, and how it travels. */
function formsOf(name: string, value: string): readonly string[] {
  const base64 = Buffer.from(value, 'utf8').toString('base64');
  const forms = [value, value.trim(), encodeURIComponent(value), JSON.stringify(value).slice(1, -1), base64];
  if (name === 'BIFROST_API_KEY') return [...forms, value.slice(value.indexOf(':') + 1)];
  const password = URL.canParse(value) ? new URL(value).password : '';
  return [...forms, password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function fileContent(path: string | undefined): string | undefined {
  try {
    return path === undefined || path === '' ? undefined : readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
