import { bifrostBase, customProviderName, hostOf } from '../base-url.js';
import { isSet, keyMaterial, variableOf } from '../credentials.js';
import type { Structured } from '../providers.js';
import { needsBase } from './base.js';
import { authorization, Members, withKey } from './key.js';
import { planned, refused, type Build, type EndpointResult } from './plan.js';
import { customProvider, reached, standardProvider } from './provider.js';

/** vllm, ollama and sgl: the server's URL is on the key (M15). */
export function serverEndpoint(name: Structured, variables: readonly string[], build: Build): EndpointResult {
  if (build.apiBase === null && name !== 'ollama') return needsBase(build);
  const url = build.apiBase ?? 'http://localhost:11434';
  const { baseUrl, paths } = bifrostBase(url, 'openai');
  // Bifrost calls <url>/v1/…; LiteLLM called the base as it stands. Ollama's own API has /v1 beside it.
  if (name !== 'ollama' && Object.keys(paths).length > 0) {
    const provider = customProvider(customProviderName(name, url), 'openai', url, build);
    const noKey = !isSet(build.params['api_key']) && authorization(build.params) === null;
    // LiteLLM sends a dummy where no key is set (L§7.2).
    return noKey ? planned({ ...provider, keyless: true }, null, build) : withKey(provider, variables, build, name);
  }
  const members = new Members(build.params);
  const apiKey = authorization(build.params) ?? members.take('api_key') ?? '';
  if (members.problem) return refused(members.problem, build);
  const provider = { ...standardProvider(name), ...reached(url, build) };
  const label = variableOf(build.params['api_key']) ?? build.credential ?? hostOf(url);
  const material = keyMaterial(apiKey, { [`${name}_key_config`]: { url: baseUrl } }, label, []);
  return planned(provider, material, build, name);
}
