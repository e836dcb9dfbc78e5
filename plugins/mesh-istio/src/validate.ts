import { lt, parse } from 'semver';
import { MeshMode, type MeshSpec } from '@meshwright/model';
import { type MeshProblem, unknownChart, unknownComponents } from '@meshwright/plugin-sdk';
import { type ChartName, Component, chartNames } from './names.ts';
import { valueProblems } from './owned-values.ts';
import { oldestVersion } from './versions.ts';

const componentNames: readonly string[] = Object.values(Component);

/** What people write for a chart or component, by the name it has here. */
const otherNames: Record<string, ChartName> = {
  'istio-base': 'base',
  crds: 'base',
  istio: 'istiod',
  pilot: 'istiod',
  discovery: 'istiod',
  'istio-discovery': 'istiod',
  'istio-cni': 'cni',
  istio_cni: 'cni',
  gateways: 'gateway',
  ingress: 'gateway',
  'istio-ingress': 'gateway',
  'istio-ingressgateway': 'gateway',
  ingressgateway: 'gateway',
};

/** What of a pattern's mesh section this plugin cannot do; pure. */
export function validate(mesh: MeshSpec): MeshProblem[] {
  return [...versionProblems(mesh), ...componentProblems(mesh), ...chartProblems(mesh)];
}

function versionProblems({ version }: MeshSpec): MeshProblem[] {
  const field = 'mesh.version';
  if (parse(version) === null) {
    return [{ field, message: `"${version}" is not a version.`, suggestion: 'Write it as 1.31.0.' }];
  }
  if (!lt(version, oldestVersion)) return [];
  return [
    {
      field,
      message: `Istio ${version} is older than 1.24, the first whose base chart brings its CRDs as templates.`,
      suggestion: 'Choose a version that Istio still supports.',
    },
  ];
}

function componentProblems({ components }: MeshSpec): MeshProblem[] {
  const ztunnel: MeshProblem = {
    field: 'mesh.components',
    message: 'ztunnel comes with mesh.mode: ambient, and never without.',
    suggestion: 'Take it away.',
  };
  return components.flatMap((name) =>
    name === 'ztunnel'
      ? [ztunnel]
      : unknownComponents([name], { mesh: 'Istio', known: componentNames, otherNames }),
  );
}

function chartProblems(mesh: MeshSpec): MeshProblem[] {
  const problems: MeshProblem[] = [];
  for (const [name, values] of Object.entries(mesh.values)) {
    const field = `mesh.values.${name}`;
    if (!isChart(name)) {
      problems.push(unknownChart(name, { mesh: 'Istio', known: chartNames, otherNames }));
    } else if (!isInstalled(name, mesh)) {
      const how = name === 'ztunnel' ? 'Write mesh.mode: ambient' : `Add "${name}" to mesh.components`;
      problems.push({
        field,
        message: `The chart "${name}" is not installed.`,
        suggestion: `${how}, or take its values away.`,
      });
    } else {
      problems.push(...valueProblems(name, values, mesh));
    }
  }
  return problems;
}

/** The node parts come with ambient mode; without it, the CNI agent is a component like the gateway. */
function isInstalled(name: ChartName, { mode, components }: MeshSpec): boolean {
  if (name === 'base' || name === 'istiod') return true;
  if (mode === MeshMode.ambient && (name === 'cni' || name === 'ztunnel')) return true;
  return components.includes(name);
}

function isChart(name: string): name is ChartName {
  return (chartNames as readonly string[]).includes(name);
}
