import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { describeApi } from './openapi.ts';

it('the description of the API is up to date (npm run generate -w workers/gateway)', async () => {
  const committed = new URL('../../../../docs/reference/openapi.json', import.meta.url);
  expect(await readFile(committed, 'utf8')).toBe(await describeApi());
});

it('describes every route that a program can use, and that each needs a token', async () => {
  const description = JSON.parse(await describeApi()) as {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string }>>;
    security: unknown;
  };
  expect(description.openapi).toBe('3.1.0');
  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => `${method} ${path}: ${operationId}`),
  );
  expect(operations).toEqual([
    'get /api/v1/rollouts: listRollouts',
    'get /api/v1/rollouts/{id}: readRollout',
    'get /api/v1/approvals: listApprovals',
    'post /api/v1/rollouts/{id}/decisions: decide',
    'get /api/v1/openapi.json: describe',
  ]);
  expect(description.security).toEqual([{ bearer: [] }]);
});
