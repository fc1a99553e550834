/** What `--kind` and `--only` take, for messages and completion. */
export const KIND_NAMES = ['models', 'organizations', 'teams', 'users', 'memberships', 'virtual-keys'] as const;
