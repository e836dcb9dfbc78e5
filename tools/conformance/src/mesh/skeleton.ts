import { variableOf } from './new-plugin.ts';

/** The files of a new mesh's package by their paths. Pure. */
export function skeletonOf(name: string): Record<string, string> {
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return {
    'package.json': packageJson(name, title),
    'tsconfig.json': `{\n  "extends": "../../tsconfig.base.json",\n  "include": ["src"]\n}\n`,
    'README.md': `# mesh-${name}\n\n${title} as a mesh plugin. It may import \`model\` and \`plugin-sdk\`; its tests also \`plugin-testkit\`.\n`,
    'src/index.ts': `export { ${variableOf(name)} } from './plugin.ts';\n`,
    'src/plugin.ts': plugin(name, title),
    'src/test-support/subject.ts': subject(name),
  };
}

function packageJson(name: string, title: string): string {
  const content = {
    name: `@meshwright/mesh-${name}`,
    version: '0.1.0',
    private: true,
    description: title,
    license: 'Apache-2.0',
    type: 'module',
    exports: { '.': './src/index.ts' },
    scripts: { typecheck: 'tsc --noEmit -p tsconfig.json' },
    dependencies: { '@meshwright/model': '0.1.0', '@meshwright/plugin-sdk': '0.1.0' },
    devDependencies: { '@meshwright/plugin-testkit': '0.1.0' },
    nx: { tags: ['kind:plugin'] },
  };
  return `${JSON.stringify(content, undefined, 2).replace(/\[\n\s+"kind:plugin"\n\s+\]/, '[\n      "kind:plugin"\n    ]')}\n`;
}

function plugin(name: string, title: string): string {
  return `import { MeshMode, MeshwrightError } from '@meshwright/model';
import { definePlugin, type MeshPlugin } from '@meshwright/plugin-sdk';

/** ${title}. */
export const ${variableOf(name)}: MeshPlugin = definePlugin({
  id: '${name}',
  displayName: '${title}',
  chartRepository: 'https://charts.example.com/${name}',
  capabilities: { modes: [MeshMode.sidecar], enroll: false, mutualTls: false, canaryUpgrade: false },
  validate: () => [],
  detect: () => Promise.resolve([]),
  plan: () => Promise.reject(notWritten('plan')),
  render: () => Promise.reject(notWritten('render')),
  verify: () => Promise.reject(notWritten('verify')),
  containers: () => ({ proxies: [], controlPlane: [] }),
  leftovers: () => Promise.resolve([]),
});

function notWritten(verb: string): MeshwrightError {
  return new MeshwrightError('INTERNAL', \`${title} cannot \${verb} yet: its plugin does not say how.\`, {
    remedy: 'Write it in plugins/mesh-${name}/src/plugin.ts.',
  });
}
`;
}

function subject(name: string): string {
  return `import { type MeshSubject, sampleMesh } from '@meshwright/plugin-testkit';
import { ${variableOf(name)} } from '../plugin.ts';

const mesh = (version: string) => sampleMesh({ type: '${name}', version });

/** What the conformance suite is told of the mesh. */
export const subject: MeshSubject = {
  plugin: ${variableOf(name)},
  versions: { older: '1.0.0', newer: '1.1.0' },
  charts: ['${name}'],
  namespace: '${name}-system',
  mesh,
  everything: mesh,
  refused: [],
  tooOld: '0.1.0',
  replicas: 0,
  standIn: () => Promise.resolve({ applied: () => Promise.resolve(), stop: () => Promise.resolve() }),
  rewrites: [],
  helm: (version) =>
    Promise.resolve({
      releases: [{ chart: '${name}', name: '${name}', namespace: '${name}-system', values: {} }],
      mesh: mesh(version),
    }),
  leaves: [],
  dataPlane: { notTried: 'nobody has tried it on a real node yet' },
};
`;
}
