import { expect, it } from 'vitest';
import { plainView } from '../test-support/fixtures.ts';
import { renderChecks } from './checks.ts';
import { renderTargets } from './targets.ts';

it('shows each check with what to do about those that failed', () => {
  const results = [
    { name: 'temporal', state: 'ok' as const, message: 'localhost:7233, namespace default', details: {} },
    {
      name: 'queue cluster:local',
      state: 'failed' as const,
      message: 'No worker polls the task queue cluster:local.',
      details: { remedy: 'Start a cluster agent for local.', lines: ['one'] },
    },
    { name: 'target remote', state: 'skipped' as const, message: 'only its agent can reach it', details: {} },
  ];
  expect(renderChecks(results, plainView).join('\n')).toMatchInlineSnapshot(`
    "ok       temporal             localhost:7233, namespace default
    failed   queue cluster:local  No worker polls the task queue cluster:local.
                                  - one
                                  remedy: Start a cluster agent for local.
    skipped  target remote        only its agent can reach it

    1 check of 3 failed."
  `);
});

it('shows targets with what is wrong below the table', () => {
  const rows = [
    {
      name: 'local',
      access: 'kind',
      state: 'reachable' as const,
      address: 'https://127.0.0.1:6443',
      version: 'v1.36.3',
    },
    {
      name: 'far',
      access: 'current context',
      state: 'unreachable' as const,
      problem: 'The connection was refused.',
    },
  ];
  expect(renderTargets(rows, plainView).join('\n')).toMatchInlineSnapshot(`
    "TARGET  STATE        VERSION  ACCESS           ADDRESS
    local   reachable    v1.36.3  kind             https://127.0.0.1:6443
    far     unreachable  -        current context  -

    far: The connection was refused."
  `);
});
