import { stringify } from 'yaml';
import type { RandomDeployment, RandomModels } from './random-models.js';

/** Every fourth model lives in the file, the others in the database. Groups are spread over both. */
const EVERY = 4;

export function fileDeployments({ deployments }: RandomModels): readonly RandomDeployment[] {
  return deployments.filter((deployment, i) => isForFile(deployment, i));
}

export function databaseDeployments({ deployments }: RandomModels): readonly RandomDeployment[] {
  return deployments.filter((deployment, i) => !isForFile(deployment, i));
}

/** Named credentials live in the database: what names one does too. */
function isForFile({ litellm_params }: RandomDeployment, i: number): boolean {
  return i % EVERY === 0 && litellm_params['litellm_credential_name'] === undefined;
}

/**
 * config.yaml to start LiteLLM with. Aliases and fallbacks must come from the file: what stands there cannot be changed by
 * the API afterwards.
 */
export function randomConfig(models: RandomModels): string {
  return stringify({
    model_list: fileDeployments(models),
    litellm_settings: { drop_params: true, telemetry: false },
    router_settings: { num_retries: 0, model_group_alias: models.groupAliases, fallbacks: models.fallbacks },
    general_settings: { master_key: 'os.environ/LITELLM_MASTER_KEY', store_model_in_db: true, proxy_batch_write_at: 2 },
  });
}
