import { lt, parse } from 'semver';
import type { MeshSpec } from '@meshwright/model';
import { type MeshProblem, unknownChart, unknownComponents, valueAt } from '@meshwright/plugin-sdk';
import { type ChartName, chartNames, chartOf, Component } from './names.ts';
import { valueProblems } from './owned-values.ts';
import { givesAnchors, wantedNumbers } from './trust/trust.ts';
import { oldestVersion, versionOfEdge } from './versions.ts';

const componentNames: readonly string[] = Object.values(Component);

/** What people write for a chart or component, by the name it has here. */
const otherNames: Readonly<Record<string, string>> = {
  crds: 'linkerd-crds',
  linkerd: 'linkerd-control-plane',
  linkerd2: 'linkerd-control-plane',
  'control-plane': 'linkerd-control-plane',
  viz: 'linkerd-viz',
  multicluster: 'linkerd-multicluster',
  'linkerd-viz': 'viz',
  'linkerd-multicluster': 'multicluster',
  'multi-cluster': 'multicluster',
  dashboard: 'viz',
};

/** What of a pattern's mesh section this plugin cannot do; pure. */
export function validate(mesh: MeshSpec): MeshProblem[] {
  return [
    ...versionProblems(mesh),
    ...unknownComponents(mesh.components, { mesh: 'Linkerd', known: componentNames, otherNames }),
    ...chartProblems(mesh),
    ...trustProblems(mesh),
  ];
}

function versionProblems({ version }: MeshSpec): MeshProblem[] {
  const field = 'mesh.version';
  const asWritten = 'Write the version of the charts, such as 2026.8.3 for edge-26.8.3.';
  const parsed = parse(version);
  if (parsed === null) return [{ field, message: `"${version}" is not a version.`, suggestion: asWritten }];
  const edge = versionOfEdge(version);
  if (edge !== undefined)
    return [
      {
        field,
        message: `"${version}" is no version of Linkerd’s charts.`,
        suggestion: `Did you mean ${edge}?`,
      },
    ];
  if (parsed.major < 2000) {
    const message = `Linkerd's project publishes edge releases alone, and ${version} is none; charts of vendors are not known here.`;
    return [{ field, message, suggestion: asWritten }];
  }
  if (!lt(version, oldestVersion)) return [];
  return [
    {
      field,
      message: `Linkerd ${version} is older than ${oldestVersion}, the first whose charts can leave the Gateway API’s CRDs to others.`,
      suggestion: 'Choose a newer edge release.',
    },
  ];
}

function chartProblems(mesh: MeshSpec): MeshProblem[] {
  const problems: MeshProblem[] = [];
  for (const [name, values] of Object.entries(mesh.values)) {
    const field = `mesh.values.${name}`;
    if (!isChart(name)) {
      problems.push(unknownChart(name, { mesh: 'Linkerd', known: chartNames, otherNames }));
      continue;
    }
    const component = Object.values(Component).find((one) => chartOf[one] === name);
    if (component !== undefined && !mesh.components.includes(component)) {
      const suggestion = `Add "${component}" to mesh.components, or take its values away.`;
      problems.push({ field, message: `The chart "${name}" is not installed.`, suggestion });
      continue;
    }
    problems.push(...valueProblems(name, values, mesh));
  }
  return problems;
}

/** Either the pattern gives anchors and others keep the issuer, or Meshwright makes both. */
function trustProblems(mesh: MeshSpec): MeshProblem[] {
  const given = mesh.values['linkerd-control-plane'] ?? {};
  const field = 'mesh.values.linkerd-control-plane.identity.issuer.scheme';
  const scheme = valueAt(given, 'identity.issuer.scheme');
  if (!givesAnchors(mesh)) {
    if (scheme === undefined) return [];
    const message =
      'The issuer is Meshwright’s, and so is its format, unless the pattern gives the trust anchors.';
    return [{ field, message, suggestion: 'Give identityTrustAnchorsPEM too, or take it away.' }];
  }
  const problems: MeshProblem[] = [];
  if (scheme !== 'kubernetes.io/tls') {
    const message =
      'With trust anchors of the pattern’s own, others keep the issuer, in a Secret of the cluster.';
    problems.push({ field, message, suggestion: 'Write kubernetes.io/tls.' });
  }
  const { anchors } = wantedNumbers(mesh);
  if (mesh.trust !== undefined && (anchors.length > 1 || anchors[0] !== 1)) {
    const message = 'The pattern gives its trust anchors by values, and their numbers too.';
    problems.push({ field: 'mesh.trust.anchors', message, suggestion: 'Keep one of the two.' });
  }
  return problems;
}

function isChart(name: string): name is ChartName {
  return (chartNames as readonly string[]).includes(name);
}
