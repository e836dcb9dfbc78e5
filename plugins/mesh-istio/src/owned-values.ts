import { MeshMode, type MeshSpec } from '@meshwright/model';
import { type MeshProblem, type OwnedValue, ownedValueProblems, valueAt } from '@meshwright/plugin-sdk';
import { type ChartName, Component, systemNamespace } from './names.ts';
import { sameNumbers, versionOfTag } from './versions.ts';

/** A value of some charts, where only one mode has it so. */
interface ModalValue extends OwnedValue {
  charts: readonly ChartName[];
  mode?: MeshMode;
}

const ownedValues: readonly ModalValue[] = [
  {
    charts: ['istiod', 'cni', 'ztunnel', 'gateway'],
    paths: ['revision', 'pilot.revision'],
    allowed: [''],
    why: 'the revision follows from mesh.version and mesh.upgrade',
  },
  {
    charts: ['istiod'],
    paths: ['revisionTags', 'pilot.revisionTags'],
    allowed: [],
    why: 'the tag "default" decides which revision injects, and an upgrade moves it',
  },
  {
    charts: ['base'],
    paths: ['defaultRevision'],
    allowed: [],
    why: 'the default revision is the one that injects, and an upgrade moves it',
  },
  {
    charts: ['base', 'istiod'],
    paths: ['global.istioNamespace'],
    allowed: [systemNamespace],
    why: `the control plane lives in ${systemNamespace}`,
  },
  {
    charts: ['istiod'],
    paths: ['meshConfig.rootNamespace'],
    allowed: [systemNamespace],
    why: `mesh-wide policies lie in ${systemNamespace}`,
  },
  {
    charts: ['base', 'istiod'],
    paths: ['base.validationFailurePolicy'],
    allowed: ['Fail'],
    why: 'istiod turns it to "Fail" itself, and the two would take turns',
  },
  {
    charts: ['base', 'istiod', 'cni', 'ztunnel', 'gateway'],
    paths: ['resourceScope', 'global.resourceScope'],
    allowed: ['all'],
    why: 'a plan covers the whole mesh',
  },
  {
    charts: ['istiod'],
    paths: ['global.operatorManageWebhooks', 'global.externalIstiod', 'istiodRemote.enabled'],
    allowed: [false],
    why: 'the control plane and its webhooks are on the target itself',
  },
  {
    charts: ['cni'],
    paths: ['ambient.enabled'],
    allowed: [false],
    mode: MeshMode.sidecar,
    why: 'mesh.mode says whether Istio runs with sidecars',
  },
  {
    charts: ['cni'],
    paths: ['ambient.enabled'],
    allowed: [true],
    mode: MeshMode.ambient,
    why: 'mesh.mode says whether Istio runs in ambient mode',
  },
  {
    charts: ['ztunnel'],
    paths: ['resourceName', 'caAddress', 'xdsAddress'],
    allowed: [''],
    why: 'the node proxies ask the control plane of the target itself, and it knows them by their name',
  },
  {
    charts: ['ztunnel'],
    paths: ['istioNamespace'],
    allowed: [systemNamespace],
    why: `the control plane lives in ${systemNamespace}`,
  },
  {
    charts: ['base', 'istiod', 'cni', 'ztunnel', 'gateway'],
    paths: ['_internal_defaults_do_not_set', 'defaults'],
    allowed: [],
    why: 'the chart keeps its defaults there; set the value without this prefix',
  },
];

const profilePaths = ['profile', 'global.profile'];
const tagPaths = ['tag', 'pilot.tag', 'global.tag'];
const cniPaths = ['cni.enabled', 'pilot.cni.enabled'];

/** What a chart's values say about things that the pattern or this plugin decides. */
export function valueProblems(
  chart: ChartName,
  values: Record<string, unknown>,
  mesh: MeshSpec,
): MeshProblem[] {
  const owned = ownedValues.filter(
    ({ charts, mode }) => charts.includes(chart) && (mode === undefined || mode === mesh.mode),
  );
  const problems = ownedValueProblems(chart, values, owned);
  const refuse = (path: string, message: string, suggestion: string) => {
    problems.push({ field: `mesh.values.${chart}.${path}`, message, suggestion });
  };
  for (const path of profilePaths) {
    const value = valueAt(values, path);
    if (typeof value === 'string' && isOfOtherMode(value, mesh))
      refuse(path, `The profile "${value}" is another mode.`, 'Take it away.');
  }
  for (const path of tagPaths) {
    const tag = valueAt(values, path);
    const version = typeof tag === 'string' ? versionOfTag(tag) : undefined;
    if (version === undefined || sameNumbers(version, mesh.version)) continue;
    refuse(
      path,
      `The tag is version ${version}, and mesh.version is ${mesh.version}.`,
      'Change mesh.version instead.',
    );
  }
  if (chart === 'istiod' && (mesh.mode === MeshMode.ambient || mesh.components.includes(Component.cni))) {
    for (const path of cniPaths) {
      if (valueAt(values, path) !== false) continue;
      refuse(path, 'The CNI agent of this pattern turns it on.', 'Take it away.');
    }
  }
  return problems;
}

/** Ambient mode is a profile of its own, which the plugin sets; the others are for sidecars. */
function isOfOtherMode(profile: string, { mode }: MeshSpec): boolean {
  return mode === MeshMode.ambient ? profile !== 'ambient' : profile === 'ambient' || profile === 'remote';
}
