import { describe, expect, test } from 'vitest';
import { databaseDeployments, fileDeployments, randomConfig } from '../live/random-config.js';
import { dice } from '../live/dice.js';
import { parse } from 'yaml';
import { randomModels } from '../live/random-models.js';
import { randomPeople } from '../live/random-people.js';

const world = (seed: number) => {
  const chance = dice(seed);
  const models = randomModels(chance, 'http://127.0.0.1:9', 48);
  return { models, people: randomPeople(chance, models, { keys: 170, teams: 14, users: 12 }) };
};

describe('the random world', () => {
  test('the same seed makes the same world, another seed another one', () => {
    expect(world(3)).toEqual(world(3));
    expect(world(3)).not.toEqual(world(4));
  });

  test.each([1, 2, 3, 7])('seed %i has what a mapping may trip over', (seed) => {
    const { models, people } = world(seed);
    const rows = models.deployments;
    const behind = (name: string) => rows.filter((row) => row.model_name === name);
    expect(models.names.length).toBeGreaterThanOrEqual(45);
    expect(people.keys).toHaveLength(170);
    expect(models.names.some((name) => behind(name).length > 2)).toBe(true);
    expect(models.names.filter((name) => name.includes('*')).length).toBeGreaterThanOrEqual(4);
    expect(rows.some((row) => 'weight' in row.litellm_params)).toBe(true);
    expect(people.shadows.some((shadow) => models.names.includes(shadow.publicName))).toBe(true);
    expect(people.keys.some((key) => 'aliases' in key)).toBe(true);
    expect(people.keys.some((key) => key['max_budget'] === 0)).toBe(true);
  });

  test('file and database share the deployments, none is in both', () => {
    const { models } = world(1);
    const file = fileDeployments(models);
    const database = databaseDeployments(models);
    expect(file.length + database.length).toBe(models.deployments.length);
    expect(file.length).toBeGreaterThan(5);
    expect(file.some((row) => 'litellm_credential_name' in row.litellm_params)).toBe(false);
    expect(parse(randomConfig(models))).toMatchObject({ router_settings: { model_group_alias: models.groupAliases } });
  });
});
