import type { Item } from '../memory-litellm.js';

export type Config = {
  readonly model_list: readonly Item[];
  readonly credential_list: readonly Item[];
  readonly [section: string]: unknown;
};

/** A config.yaml with one deployment and one named credential, and general settings as every database proxy has them. */
export const CONFIG: Config = {
  model_list: [
    {
      model_name: 'file-model',
      litellm_params: { model: 'openai/gpt-4o-mini', litellm_credential_name: 'file-credential' },
    },
  ],
  credential_list: [
    {
      credential_name: 'file-credential',
      credential_values: { api_key: 'os.environ/FILE_CREDENTIAL' },
      credential_info: {},
    },
  ],
  general_settings: { store_model_in_db: true },
};

/** What the running proxy shows of a config's deployments: enough to tell which is which. */
export function servedModels(config: Config): Item[] {
  return config.model_list.map((entry, index) => {
    const params = (entry.litellm_params ?? {}) as Item;
    return {
      model_name: entry.model_name,
      litellm_params: { model: params.model, ...(params.api_base !== undefined && { api_base: params.api_base }) },
      model_info: { id: `file-${index}`, db_model: false },
    };
  });
}
