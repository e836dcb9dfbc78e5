import type { MeshSpec } from '@meshwright/model';
import { type MeshProblem, valueAt } from '@meshwright/plugin-sdk';
import { type ChartName, systemNamespace } from './names.ts';
import { callees } from './trust/webhooks.ts';
import { edgeOfVersion } from './versions.ts';

/** A chart value that is not the pattern author's to choose, with the only thing it may say. */
interface OwnedValue {
  charts: readonly ChartName[];
  path: string;
  allowed: readonly unknown[];
  why: string;
}

const keys = 'a key in a repository is known to everybody who reads it; name a Secret of the cluster instead';

const ownedValues: readonly OwnedValue[] = [
  { charts: ['linkerd-control-plane'], path: 'identity.issuer.tls.crtPEM', allowed: [''], why: keys },
  { charts: ['linkerd-control-plane'], path: 'identity.issuer.tls.keyPEM', allowed: [''], why: keys },
  ...callees.flatMap(({ chart, value }) =>
    ['crtPEM', 'keyPEM'].map((entry) => ({
      charts: [chart],
      path: `${value}.${entry}`,
      allowed: [''],
      why: keys,
    })),
  ),
  {
    charts: ['linkerd-control-plane', 'linkerd-viz', 'linkerd-multicluster'],
    path: 'cliVersion',
    allowed: [''],
    why: 'it says which tool rendered the objects',
  },
  {
    charts: ['linkerd-viz', 'linkerd-multicluster'],
    path: 'linkerdNamespace',
    allowed: [systemNamespace],
    why: `the control plane lives in ${systemNamespace}`,
  },
  {
    charts: ['linkerd-viz', 'linkerd-multicluster'],
    path: 'createNamespaceMetadataJob',
    allowed: [false],
    why: 'the namespace is part of the plan, with its labels',
  },
];

/** Where charts say a version; `mesh.version` says it for all. */
const versionPaths = ['linkerdVersion', 'controllerImageVersion', 'proxy.image.version'];

/** What a chart's values say about things that the pattern or this plugin decides. */
export function valueProblems(
  chart: ChartName,
  values: Record<string, unknown>,
  { version }: MeshSpec,
): MeshProblem[] {
  const problems: MeshProblem[] = [];
  const refuse = (path: string, message: string, suggestion: string) => {
    problems.push({ field: `mesh.values.${chart}.${path}`, message, suggestion });
  };
  for (const { charts, path, allowed, why } of ownedValues) {
    const value = charts.includes(chart) ? valueAt(values, path) : undefined;
    if (value !== undefined && !allowed.includes(value))
      refuse(path, `Not to be set: ${why}.`, 'Take it away.');
  }
  for (const path of versionPaths) {
    const value = valueAt(values, path);
    if (value === undefined || value === '' || value === edgeOfVersion(version)) continue;
    refuse(
      path,
      `It is not ${edgeOfVersion(version)}, which mesh.version is.`,
      'Change mesh.version instead.',
    );
  }
  return problems;
}
