import { defineConfig } from 'vitest/config';

const everywhere = ['node_modules', '**/node_modules/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Properties run a hundred cases; the machine may be busy.
          testTimeout: 60_000,
          include: ['{libs,workers,workflows,plugins,tools}/**/*.test.ts'],
          exclude: [...everywhere, '**/*.integration.test.ts', '**/*.e2e.test.ts'],
          // Files share what they import, which took half of the time; what needs a process of its own starts one.
          isolate: false,
          unstubEnvs: true,
          // As many as there are processors; vitest alone leaves one of them to whoever watches.
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{libs,workers,workflows,plugins,tools}/**/*.integration.test.ts'],
          exclude: everywhere,
          isolate: false,
          unstubEnvs: true,
          // Brings up one real API server and one real Temporal server for the run, and takes them down.
          globalSetup: ['./tools/testbed/src/vitest-global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          // They wait for servers more than they compute; every test has names of its own on them.
          maxWorkers: 6,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          // Lifecycles on simulated nodes: mostly waiting, so the files share the machine.
          name: 'e2e-simulated',
          include: ['{libs,workers,workflows,plugins,tools}/**/*.simulated.e2e.test.ts'],
          exclude: everywhere,
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          maxWorkers: 4,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          // Something is away for minutes, on simulated nodes: little else than waiting.
          name: 'e2e-outages',
          include: ['{libs,workers,workflows,plugins,tools}/**/*.outages.e2e.test.ts'],
          exclude: everywhere,
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          maxWorkers: 4,
          sequence: { groupOrder: 6 },
        },
      },
      {
        test: {
          // What compares the machine before and after: no other node may be there.
          name: 'e2e-alone',
          include: ['{libs,workers,workflows,plugins,tools}/**/*.alone.e2e.test.ts'],
          exclude: everywhere,
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          maxWorkers: 1,
          sequence: { groupOrder: 5 },
        },
      },
      {
        test: {
          // The real node, whose files each have one of their own.
          name: 'e2e-node',
          include: ['{libs,workers,workflows,plugins,tools}/**/*.e2e.test.ts'],
          exclude: [...everywhere, '**/*.{alone,measured,outages,simulated}.e2e.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          // What measures: a few dozens of requests a second, with limits that one other such file does not reach.
          name: 'e2e-measured',
          include: ['{libs,workers,workflows,plugins,tools}/**/*.measured.e2e.test.ts'],
          exclude: everywhere,
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          maxWorkers: 3,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
