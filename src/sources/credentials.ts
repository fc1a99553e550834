import { isObject } from '../json.js';
import { finding, type Finding } from '../findings.js';
import type { Decrypter } from './decrypt.js';
import { Fields, type Row } from './fields.js';
import { protectParams } from './params.js';
import type { NamedCredential, Origin } from './records.js';
import { objectWithoutSecrets } from './scrub.js';
import type { SecretVault } from './secrets.js';

export type CredentialInputs = {
  /** credential_list of config.yaml. */
  readonly file: readonly unknown[];
  /** Rows of LiteLLM_CredentialsTable; null without a database. */
  readonly database: readonly Row[] | null;
  /** GET /credentials, masked; used only without a database. */
  readonly api: readonly Row[];
  readonly vault: SecretVault;
  readonly decrypt: Decrypter;
};

/** Named credentials by name; a database credential replaces the file's of the same name (L§3.6, M3). */
export function joinCredentials(inputs: CredentialInputs): {
  readonly credentials: ReadonlyMap<string, NamedCredential>;
  readonly findings: readonly Finding[];
} {
  const credentials = new Map<string, NamedCredential>();
  const findings: Finding[] = [];
  const take = (row: Row, origin: Origin) => {
    const { credential, notes } = readCredential(row, origin, inputs);
    findings.push(...notes);
    if (credential !== null) credentials.set(credential.name, credential);
  };
  for (const entry of inputs.file) take(isObject(entry) ? entry : {}, 'file');
  for (const row of inputs.database ?? []) take(row, 'database');
  if (inputs.database === null) {
    // [N] says where a credential comes from; before, what the file has is taken for the file's.
    for (const row of inputs.api)
      if (row.source === 'db' || !credentials.has(new Fields(row).text('credential_name') ?? '')) take(row, 'api');
  }
  return { credentials, findings };
}

function readCredential(row: Row, origin: Origin, { vault, decrypt }: CredentialInputs) {
  const fields = new Fields(row);
  const name = fields.text('credential_name');
  if (name === null || name === '') {
    return {
      credential: null,
      notes: [
        finding('loss', 'odd_value', 'credential_name', `A named credential (${origin}) has no name; it is left out.`),
      ],
    };
  }
  const { params, notes } = protectParams(fields.object('credential_values'), {
    vault,
    owner: `credential:${name}`,
    ...(origin === 'database' ? { decrypt } : {}),
    masked: origin === 'api',
  });
  const credential: NamedCredential = {
    name,
    origin,
    values: params,
    info: objectWithoutSecrets(fields.object('credential_info')),
  };
  return {
    credential,
    notes: [...notes, ...fields.notes].map((note) => ({
      ...note,
      field: `credential ${name}: ${note.field}`,
      message: `Credential "${name}": ${note.message}`,
    })),
  };
}
