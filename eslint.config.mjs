import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** Node built-ins, and globals whose answer depends on the moment or the machine: not in workflow code. */
const nodeBuiltins = [
  'node:*',
  'fs',
  'path',
  'os',
  'crypto',
  'child_process',
  'http',
  'https',
  'net',
  'process',
  'timers',
  'worker_threads',
];
const nondeterministicGlobals = [
  'WeakRef',
  'FinalizationRegistry',
  'performance',
  'crypto',
  'process',
  'Buffer',
  'fetch',
  'Intl',
  'setInterval',
  'console',
];
const localeMethods = ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString', 'localeCompare'];

/** What tests beside the source import, in every package. */
const testLibraries = ['vitest', 'fast-check'];
const withTestLibraries = (constraint) =>
  constraint.allowedExternalImports === undefined
    ? constraint
    : { ...constraint, allowedExternalImports: [...constraint.allowedExternalImports, ...testLibraries] };

const libs = (...names) => names.map((name) => `package:${name}`);

export default tseslint.config(
  {
    ignores: [
      '**/node_modules',
      '.nx',
      'coverage',
      'docs',
      'examples',
      '**/__fixtures__',
      'workflows/bundle/histories',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        // One program for all files: each is parsed and its types are made once.
        project: './tsconfig.lint.json',
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { '@nx': nx },
    rules: {
      'max-lines': ['error', { max: 500 }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
        { selector: 'TSEnumDeclaration', message: 'Use an `as const` object with a type of the same name.' },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allow: [],
          depConstraints: [
            { sourceTag: 'kind:model', onlyDependOnLibsWithTags: [], allowedExternalImports: [] },
            {
              // What mesh plugins share reads live objects as they do.
              sourceTag: 'kind:plugin-sdk',
              onlyDependOnLibsWithTags: ['kind:model'],
              allowedExternalImports: ['zod'],
            },
            {
              sourceTag: 'kind:statistics',
              onlyDependOnLibsWithTags: ['kind:model'],
              allowedExternalImports: [],
            },
            {
              sourceTag: 'kind:histogram',
              onlyDependOnLibsWithTags: ['kind:model', 'kind:statistics'],
              allowedExternalImports: ['hdr-histogram-js'],
            },
            {
              sourceTag: 'kind:report',
              onlyDependOnLibsWithTags: ['kind:model', 'kind:statistics', 'kind:histogram'],
              allowedExternalImports: [],
            },
            {
              sourceTag: 'kind:picture',
              onlyDependOnLibsWithTags: ['kind:model', 'kind:report'],
              allowedExternalImports: ['@resvg/resvg-js', 'dejavu-fonts-ttf'],
            },
            {
              sourceTag: 'kind:lib',
              onlyDependOnLibsWithTags: ['kind:model', 'kind:statistics', 'kind:lib', 'kind:plugin-sdk'],
            },
            {
              sourceTag: 'kind:plugin-testkit',
              onlyDependOnLibsWithTags: ['kind:model', 'kind:plugin-sdk', 'kind:statistics'],
              allowedExternalImports: ['@prometheus-io/lezer-promql', 'marked'],
            },
            {
              sourceTag: 'package:document',
              onlyDependOnLibsWithTags: ['kind:model'],
              allowedExternalImports: ['yaml', 'zod'],
            },
            {
              sourceTag: 'package:pattern',
              onlyDependOnLibsWithTags: ['kind:model', ...libs('document')],
              allowedExternalImports: ['zod', 'semver', 'picomatch'],
            },
            {
              sourceTag: 'package:smp',
              onlyDependOnLibsWithTags: ['kind:model', 'kind:statistics', ...libs('document')],
              allowedExternalImports: ['zod'],
            },
            {
              sourceTag: 'package:config',
              onlyDependOnLibsWithTags: ['kind:model', ...libs('document')],
              allowedExternalImports: ['zod'],
            },
            {
              sourceTag: 'package:http',
              onlyDependOnLibsWithTags: ['kind:model', 'kind:plugin-sdk', ...libs('telemetry')],
              allowedExternalImports: ['undici'],
            },
            {
              sourceTag: 'package:cluster',
              onlyDependOnLibsWithTags: ['kind:model', ...libs('telemetry', 'evidence', 'http')],
              allowedExternalImports: ['@kubernetes/client-node', 'undici', 'p-limit'],
            },
            {
              sourceTag: 'package:charts',
              onlyDependOnLibsWithTags: ['kind:model', ...libs('telemetry', 'evidence', 'http')],
              allowedExternalImports: ['yaml', 'undici'],
            },
            {
              sourceTag: 'package:git',
              onlyDependOnLibsWithTags: ['kind:model', ...libs('telemetry')],
              allowedExternalImports: ['simple-git'],
            },
            {
              sourceTag: 'package:compile-cache',
              onlyDependOnLibsWithTags: [],
              allowedExternalImports: [],
            },
            {
              sourceTag: 'package:evidence',
              onlyDependOnLibsWithTags: ['kind:model'],
              allowedExternalImports: [],
            },
            {
              sourceTag: 'package:results',
              onlyDependOnLibsWithTags: ['kind:model', 'kind:statistics', ...libs('evidence')],
              allowedExternalImports: ['kysely', 'pg'],
            },
            {
              sourceTag: 'package:wording',
              onlyDependOnLibsWithTags: ['kind:model'],
              allowedExternalImports: ['string-width'],
            },
            {
              sourceTag: 'package:rollouts',
              onlyDependOnLibsWithTags: ['kind:model', ...libs('evidence', 'temporal', 'wording')],
              allowedExternalImports: ['@temporalio/*'],
            },
            {
              sourceTag: 'package:telemetry',
              onlyDependOnLibsWithTags: ['kind:model'],
              allowedExternalImports: ['pino', 'prom-client'],
            },
            {
              sourceTag: 'package:temporal',
              onlyDependOnLibsWithTags: ['kind:model', ...libs('telemetry')],
              allowedExternalImports: ['@temporalio/*'],
            },
            {
              sourceTag: 'kind:plugin',
              onlyDependOnLibsWithTags: [
                'kind:model',
                'kind:plugin-sdk',
                // In tests; a rule below keeps it out of everything else.
                'kind:plugin-testkit',
                'kind:statistics',
                'kind:histogram',
              ],
              // The service's own SDK, beside what all share; and X.509, for a mesh whose keys somebody has to make.
              allowedExternalImports: ['zod', 'semver', '@slack/*', '@peculiar/x509', 'reflect-metadata'],
            },
            {
              // The one place, beside the agents of clusters and of load, where plugins are listed.
              sourceTag: 'kind:services',
              onlyDependOnLibsWithTags: ['kind:model', 'kind:plugin-sdk', 'kind:plugin', ...libs('config')],
              allowedExternalImports: [],
            },
            {
              sourceTag: 'kind:workflow',
              onlyDependOnLibsWithTags: ['kind:model', 'kind:statistics', 'kind:workflow'],
              allowedExternalImports: ['@temporalio/workflow', '@temporalio/common'],
            },
            {
              sourceTag: 'kind:workflow-bundle',
              onlyDependOnLibsWithTags: ['kind:model', 'kind:workflow', ...libs('temporal')],
            },
            {
              sourceTag: 'kind:worker',
              onlyDependOnLibsWithTags: [
                'kind:model',
                'kind:lib',
                'kind:statistics',
                'kind:histogram',
                'kind:picture',
                'kind:plugin-sdk',
                // In tests, as of plugins.
                'kind:plugin-testkit',
                'kind:plugin',
                'kind:services',
                'kind:workflow-bundle',
              ],
            },
            {
              sourceTag: 'kind:conformance',
              onlyDependOnLibsWithTags: [
                'kind:model',
                'kind:lib',
                'kind:plugin-sdk',
                'kind:plugin-testkit',
                'kind:plugin',
                'kind:tool',
                // A mesh is carried out by the planning and the stages that the engine itself has, not by a second copy.
                'kind:worker',
              ],
            },
            {
              sourceTag: 'kind:dashboards',
              onlyDependOnLibsWithTags: [
                'kind:plugin-sdk',
                'kind:plugin-testkit',
                'kind:plugin',
                ...libs('telemetry'),
              ],
            },
            {
              // Its integration tests share the test server's namespaces with the workflows'.
              sourceTag: 'kind:standalone',
              onlyDependOnLibsWithTags: ['kind:model', 'kind:lib', 'kind:worker', 'kind:workflow-bundle'],
            },
            {
              // It plans every mesh as the conformance suite does.
              sourceTag: 'kind:bench',
              onlyDependOnLibsWithTags: [
                'kind:model',
                'kind:lib',
                'kind:statistics',
                'kind:histogram',
                'kind:report',
                'kind:tool',
                'kind:workflow-bundle',
                'kind:conformance',
              ],
            },
            // The command line's integration tests run the real workflows.
            {
              sourceTag: 'kind:tool',
              onlyDependOnLibsWithTags: [
                'kind:model',
                'kind:lib',
                'kind:statistics',
                'kind:histogram',
                'kind:report',
                'kind:services',
                'kind:tool',
                'kind:workflow-bundle',
              ],
            },
          ].map(withTestLibraries),
        },
      ],
    },
  },
  {
    files: [
      'workflows/{approval-gate,kit,mesh-change,messages,pattern-rollout,performance-baseline,repository-watch,review}/src/**/*.ts',
      'libs/model/src/**/*.ts',
      'libs/statistics/src/**/!(*.test).ts',
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: nodeBuiltins, message: 'Workflow code must replay: no Node built-ins.' }] },
      ],
      'no-restricted-globals': ['error', ...nondeterministicGlobals],
      'no-restricted-properties': [
        'error',
        ...localeMethods.map((property) => ({
          property,
          message: "The answer depends on the machine's locale.",
        })),
      ],
    },
  },
  {
    files: ['plugins/*/src/**/*.ts', 'workers/*/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/test-support/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [{ group: ['@meshwright/plugin-testkit'], message: 'It is there for tests alone.' }],
        },
      ],
    },
  },
  {
    files: ['**/*.test.ts', '**/test-support/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
  {
    files: ['**/*.config.ts', '**/*.config.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-restricted-syntax': 'off' },
  },
  prettier,
);
