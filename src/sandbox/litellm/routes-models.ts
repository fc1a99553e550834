import type { Json } from '../../json.js';
import { isAdmin, isViewer } from './caller.js';
import type { Call, Context, Route } from './context.js';
import { maskCredential } from './mask.js';
import { expandedRows, modelNames, modelOf, modelRows, visibleRows, type ModelRow } from './model-rows.js';
import { providerOf } from './catalog.js';
import { detail, managementError } from './refusal.js';
import type { SandboxCredential } from './rows.js';
import { isAtLeast, isNewer, type SandboxVersion } from './version.js';

/** Models, credentials and model access groups (contracts L§1.5, §1.6, §1.12). */
export const MODEL_ROUTES: readonly Route[] = [
  { path: '/v2/model/info', access: 'any', answer: pageOfModels },
  { path: /^\/(?:v1\/)?model\/info$/, access: 'any', answer: listModels },
  { path: /^\/(?:v1\/)?models$/, access: 'any', answer: nameModels },
  { path: '/model_group/info', access: 'any', answer: listGroups },
  { path: '/credentials', access: 'admin', answer: listCredentials },
  { path: /^\/credentials\/by_name\/(.+)$/, access: 'admin', answer: showCredential },
  {
    path: '/access_group/list',
    access: 'admin',
    answer: ({ world, version }) => ({ access_groups: taggedGroups({ world, version }) }),
  },
  { path: /^\/access_group\/([^/]+)\/info$/, access: 'admin', answer: showTaggedGroup },
];

/** No maximum size; never filtered by who asks. */
function pageOfModels({ world, version }: Context, { query }: Call): Json {
  const page = query.count('page', 1);
  const size = query.count('size', 50);
  const wanted = (name: string, matches: (row: ModelRow, value: string) => boolean): ((row: ModelRow) => boolean) => {
    const value = query.text(name);
    return value === null ? () => true : (row) => matches(row, value);
  };
  const rows = modelRows(world, version)
    .filter(wanted('model', (row, value) => row.model_name === value))
    .filter(wanted('search', (row, value) => row.model_name.toLowerCase().includes(value.toLowerCase())))
    .filter(wanted('modelId', (row, value) => row.model_info.id === value))
    .filter(wanted('teamId', (row, value) => row.model_info.team_id === value));
  return {
    data: rows.slice((page - 1) * size, page * size),
    total_count: rows.length,
    current_page: page,
    total_pages: Math.ceil(rows.length / size),
    size,
  };
}

function seenBy(context: Context, { caller }: Call): ModelRow[] {
  const rows = expandedRows(context.world, context.version);
  return isAdmin(caller) || isViewer(caller) ? rows : visibleRows(rows, caller.row?.models ?? []);
}

function listModels(context: Context, call: Call): Json {
  const id = call.query.text('litellm_model_id');
  if (id === null) return { data: seenBy(context, call) };
  const row = modelRows(context.world, context.version).find(({ model_info }) => model_info.id === id);
  if (!row) throw detail(400, { error: `Model id = ${id} not found on litellm proxy` });
  return { data: [row] };
}

/** Names alone; the newer releases add what they know of the model. */
function nameModels(context: Context, call: Call): Json {
  const rows = seenBy(context, call);
  const data = modelNames(rows).map((id) => {
    const info = rows.find(({ model_name }) => model_name === id)?.model_info ?? {};
    const tokens = info.max_tokens ?? null;
    return {
      id,
      object: 'model',
      created: 1677610602,
      owned_by: 'openai',
      ...(isNewer(context.version) && info.mode !== null && { mode: info.mode ?? 'chat' }),
      ...(isNewer(context.version) && tokens !== null && { max_input_tokens: tokens, max_output_tokens: tokens }),
    };
  });
  return { data, object: 'list' };
}

function listGroups(context: Context, call: Call): Json {
  const asked = call.query.text('model_group');
  const rows = seenBy(context, call);
  const names = modelNames(rows).filter((name) => asked === null || name === asked);
  return {
    data: names.map((name) =>
      groupObject(
        name,
        rows.filter(({ model_name }) => model_name === name),
        context.version,
      ),
    ),
  };
}

function groupObject(name: string, rows: readonly ModelRow[], version: SandboxVersion): Json {
  const first = rows[0];
  const abilities = [
    'parallel_function_calling',
    'vision',
    'web_search',
    'url_context',
    'reasoning',
    'function_calling',
  ];
  const newest = isAtLeast(version, '1.109.1');
  const supported = [...abilities, ...(isNewer(version) ? ['fast_mode'] : []), ...(newest ? ['background_chat'] : [])];
  const chat = first?.model_info.mode === 'chat';
  return {
    model_group: name,
    providers: [...new Set(rows.map((row) => providerOf(modelOf(row.litellm_params))))],
    max_input_tokens: first?.model_info.max_tokens ?? null,
    max_output_tokens: first?.model_info.max_tokens ?? null,
    input_cost_per_token: first?.model_info.input_cost_per_token ?? (isNewer(version) ? null : 0),
    output_cost_per_token: first?.model_info.output_cost_per_token ?? (isNewer(version) ? null : 0),
    input_cost_per_pixel: null,
    mode: first?.model_info.mode ?? null,
    tpm: first?.litellm_params.tpm ?? null,
    rpm: first?.litellm_params.rpm ?? null,
    ...(isNewer(version) && { itpm: null, otpm: null }),
    ...Object.fromEntries(supported.map((ability) => [`supports_${ability}`, chat && ability === 'function_calling'])),
    configurable_clientside_auth_params: null,
    is_public_model_group: false,
    health_status: null,
    health_response_time: null,
    health_checked_at: null,
    ...(newest && {
      description: null,
      supported_endpoints: chat ? ['/v1/chat/completions'] : null,
      custom_tags: null,
      custom_metadata: null,
    }),
  };
}

function credentialObject(credential: SandboxCredential, context: Context): Json {
  const newer = isNewer(context.version);
  return {
    credential_name: credential.name,
    ...(newer && { display_name: null }),
    credential_values: maskCredential(credential.values),
    credential_info: credential.info,
    ...(newer && { source: credential.place === 'database' ? 'db' : 'config' }),
  };
}

function listCredentials(context: Context): Json {
  return {
    success: true,
    credentials: context.world.credentials.map((credential) => credentialObject(credential, context)),
  };
}

function showCredential(context: Context, { match }: Call): Json {
  const name = match[0] ?? '';
  const credential = context.world.credentials.find((candidate) => candidate.name === name);
  if (credential) return credentialObject(credential, context);
  throw managementError(
    context.version,
    404,
    `Credential not found. Got credential name: ${name}`,
    'internal_server_error',
  );
}

/** Tags of database deployments only: groups of the config file are missing here. */
function taggedGroups({
  world,
  version,
}: Pick<Context, 'world' | 'version'>): { access_group: string; model_names: string[]; deployment_count: number }[] {
  const members = new Map<string, string[]>();
  for (const { model_name, model_info } of modelRows(world, version)) {
    if (model_info.db_model !== true || !Array.isArray(model_info.access_groups)) continue;
    for (const group of model_info.access_groups as string[])
      members.set(group, [...(members.get(group) ?? []), model_name]);
  }
  return [...members.keys()].sort().map((group) => {
    const names = members.get(group) ?? [];
    const more = isNewer(version) ? { spend: 0, budget: null } : {};
    return { access_group: group, model_names: [...new Set(names)].sort(), deployment_count: names.length, ...more };
  });
}

function showTaggedGroup(context: Context, { match }: Call): Json {
  const name = match[0] ?? '';
  const group = taggedGroups(context).find(({ access_group }) => access_group === name);
  if (!group) throw detail(404, { error: `Access group '${name}' not found` });
  return group;
}
