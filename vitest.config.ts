import { defineConfig } from 'vitest/config';

const everywhere = ['node_modules', '**/node_modules/**'];

/** Tests from end to end, of files named `*.<name>.e2e.test.ts` unless said otherwise. */
function endToEnd(
  name: string,
  {
    include = `*.${name}.e2e.test.ts`,
    exclude = [],
    maxWorkers,
    groupOrder,
  }: { include?: string; exclude?: string[]; maxWorkers: number; groupOrder: number },
) {
  return {
    test: {
      name: `e2e-${name}`,
      include: [`{libs,workers,workflows,plugins,tools}/**/${include}`],
      exclude: [...everywhere, ...exclude],
      testTimeout: 1_800_000,
      hookTimeout: 1_800_000,
      maxWorkers,
      sequence: { groupOrder },
    },
  };
}

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
      // Lifecycles on simulated nodes: the files share the machine.
      endToEnd('simulated', { maxWorkers: 4, groupOrder: 2 }),
      // Something is away for minutes, on simulated nodes: little else than waiting.
      endToEnd('outages', { maxWorkers: 4, groupOrder: 6 }),
      // What compares the machine before and after: no other node may be there.
      endToEnd('alone', { maxWorkers: 1, groupOrder: 5 }),
      // The real node, whose files each have one of their own.
      endToEnd('node', {
        include: '*.e2e.test.ts',
        exclude: ['**/*.{alone,measured,outages,simulated}.e2e.test.ts'],
        maxWorkers: 2,
        groupOrder: 3,
      }),
      // What measures: a few dozens of requests a second, with limits that one other such file does not reach.
      endToEnd('measured', { maxWorkers: 3, groupOrder: 4 }),
    ],
  },
});
