import { lt, parse } from 'semver';
import { type MeshSpec, UpgradeStrategy } from '@meshwright/model';
import { type MeshProblem, ownedValueProblems, unknownComponents, valueAt } from '@meshwright/plugin-sdk';
import { chart, Component } from './names.ts';
import { ownedValues } from './owned-values.ts';
import { oldestVersion } from './versions.ts';

const componentNames: readonly string[] = Object.values(Component);

/** What people write for a component, by the name it has here. */
const otherNames: Readonly<Record<string, Component>> = {
  relay: Component.hubble,
  'hubble-relay': Component.hubble,
  ui: Component.hubbleUi,
  spire: Component.mutualAuthentication,
  'mutual-auth': Component.mutualAuthentication,
  gateway: Component.gatewayApi,
  gatewayapi: Component.gatewayApi,
};

/** Parts whose image follows mesh.version. */
const tagPaths = ['image.tag', 'operator.image.tag', 'preflight.image.tag', 'hubble.relay.image.tag'];

/** What of a pattern's mesh section this plugin cannot do; pure. */
export function validate(mesh: MeshSpec): MeshProblem[] {
  return [
    ...versionProblems(mesh),
    ...upgradeProblems(mesh),
    ...componentProblems(mesh),
    ...chartProblems(mesh),
  ];
}

function versionProblems({ version }: MeshSpec): MeshProblem[] {
  const field = 'mesh.version';
  if (parse(version) === null) {
    return [{ field, message: `"${version}" is not a version.`, suggestion: 'Write it as 1.20.2.' }];
  }
  if (!lt(version, oldestVersion)) return [];
  return [
    {
      field,
      message: `Cilium ${version} is older than ${oldestVersion}, the oldest that this plugin knows.`,
      suggestion: 'Choose a version that Cilium still supports.',
    },
  ];
}

function upgradeProblems({ upgrade }: MeshSpec): MeshProblem[] {
  if (upgrade === UpgradeStrategy.inPlace) return [];
  return [
    {
      field: 'mesh.upgrade',
      message: 'A node has one CNI plugin: a new Cilium never runs beside the old one.',
      suggestion: `Write mesh.upgrade: ${UpgradeStrategy.inPlace}.`,
    },
  ];
}

function componentProblems({ components }: MeshSpec): MeshProblem[] {
  const problems = unknownComponents(components, { mesh: 'Cilium', known: componentNames, otherNames });
  if (!components.includes(Component.hubbleUi) || components.includes(Component.hubble)) return problems;
  const message = `"${Component.hubbleUi}" shows what Hubble's relay collects, and needs "${Component.hubble}".`;
  return [...problems, { field: 'mesh.components', message, suggestion: `Add "${Component.hubble}".` }];
}

function chartProblems(mesh: MeshSpec): MeshProblem[] {
  return Object.entries(mesh.values).flatMap(([name, values]): MeshProblem[] => {
    if (name === chart) return [...ownedValueProblems(name, values, ownedValues(mesh)), ...tagProblems(mesh)];
    const message = `Cilium has no chart "${name}".`;
    return [{ field: `mesh.values.${name}`, message, suggestion: `Its only chart is "${chart}".` }];
  });
}

function tagProblems({ values, version }: MeshSpec): MeshProblem[] {
  return tagPaths.flatMap((path) => {
    const tag = valueAt(values[chart], path);
    const said = typeof tag === 'string' ? parse(tag)?.version : undefined;
    if (said === undefined || said === version) return [];
    return [
      {
        field: `mesh.values.${chart}.${path}`,
        message: `The tag is version ${said}, and mesh.version is ${version}.`,
        suggestion: 'Change mesh.version instead.',
      },
    ];
  });
}
