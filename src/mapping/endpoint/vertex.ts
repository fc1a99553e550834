import { finding } from '../../findings.js';
import type { SecretRef } from '../../secret.js';
import type { Body } from '../../target/objects.js';
import { keyMaterial } from '../credentials.js';
import { Members } from './key.js';
import { failed, planned, refused, skipped, type Build, type EndpointResult, type Refusal } from './plan.js';
import { standardProvider } from './provider.js';

/** Vertex: project and region, credentials as JSON text or a reference to it; none means the application default (M16). */
export function vertexEndpoint(build: Build): EndpointResult {
  if (build.apiBase !== null) {
    return skipped(
      'custom_base_not_supported',
      'Bifrost builds Vertex URLs from region and project; a base URL of its own cannot be set',
      'Keep this model on LiteLLM.',
      build.findings,
    );
  }
  const members = new Members(build.params);
  const project = members.take('vertex_project', 'vertex_ai_project');
  const region = members.take('vertex_location', 'vertex_ai_location', 'region_name');
  if (region === null) {
    build.findings.push(
      finding(
        'change',
        'region_assumed',
        'vertex_location',
        "no location is set: us-central1, LiteLLM's default, is used",
      ),
    );
  }
  const credentials = asText(members.take('vertex_credentials', 'vertex_ai_credentials'), build);
  if (credentials !== null && typeof credentials === 'object' && 'ok' in credentials) return credentials;
  const apiKey = members.take('api_key');
  if (members.problem) return refused(members.problem, build);
  if (project === null) {
    return failed(
      {
        reason: 'vertex_project_missing',
        message: 'no vertex_project is set, and a Bifrost Vertex key needs one',
        nextStep: 'Set vertex_project on the deployment.',
      },
      build.findings,
    );
  }
  const config: Body = {
    vertex_key_config: { project_id: project, region: region ?? 'us-central1', auth_credentials: credentials ?? '' },
  };
  const label = build.credential ?? (typeof project === 'string' ? project : 'vertex');
  return planned(standardProvider('vertex'), keyMaterial(apiKey ?? '', config, label, []), build, 'vertex');
}

/** A file path is read here when this machine has the file: Bifrost takes the text only (B§4.5). */
function asText(credentials: string | SecretRef | null, build: Build): string | SecretRef | null | Refusal {
  if (typeof credentials !== 'string' || credentials.startsWith('env.') || credentials.trimStart().startsWith('{'))
    return credentials;
  return (
    build.rules.credentialFile(credentials) ??
    failed(
      {
        reason: 'credential_file_missing',
        message: `vertex_credentials is the file ${credentials}, which this machine does not have`,
        nextStep: 'Run this program where the file is, or put its content into LiteLLM.',
      },
      build.findings,
    )
  );
}
