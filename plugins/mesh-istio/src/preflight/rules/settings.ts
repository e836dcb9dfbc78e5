import { plural } from '@meshwright/model';
import { valueAt } from '@meshwright/plugin-sdk';
import { minorOf } from '../../versions.ts';
import { type Finding, type Look, type Rule } from '../finding.ts';
import { type View, textAt } from '../view.ts';
import { behaviourChanges, oldestCompatibility, removedVariables } from './settings-table.ts';

/** The pattern's values still mean something in this version, and what changes by itself is known. */
export const settings: Rule = {
  id: 'settings',
  title: 'The values of the charts are those of this version',
  needs: [],
  look: (view): Look => ({
    findings: [...removed(view), ...compatibility(view), ...behaviour(view)],
    looked: `values of ${plural(Object.keys(view.mesh.values).length, 'chart')}`,
  }),
};

/** Places in the values where environment variables stand. */
const places = [
  ['istiod', 'env'],
  ['istiod', 'pilot.env'],
  ['istiod', 'meshConfig.defaultConfig.proxyMetadata'],
  ['cni', 'env'],
  ['ztunnel', 'env'],
] as const;

function removed({ mesh }: View): Finding[] {
  const minor = minorOf(mesh.version) ?? 0;
  return places.flatMap(([chart, path]) => {
    const variables = valueAt(mesh.values[chart], path);
    if (typeof variables !== 'object' || variables === null) return [];
    return Object.keys(variables).flatMap((name) => {
      const gone = removedVariables.get(name);
      if (gone === undefined || minor < gone) return [];
      return [
        {
          object: `mesh.values.${chart}.${path}.${name}`,
          problem: `Istio does not read this variable since 1.${gone}: what it turned on or off is as the version has it`,
          remedy: 'take it away, and look into the release notes for what came in its place',
          blocks: false,
        },
      ];
    });
  });
}

function compatibility({ mesh }: View): Finding[] {
  const minor = minorOf(mesh.version);
  return Object.entries(mesh.values).flatMap(([chart, values]) => {
    const wanted = textAt(values, 'compatibilityVersion');
    if (wanted === undefined || minor === undefined) return [];
    const [, text = ''] = /^1\.(\d+)$/.exec(wanted) ?? [];
    const oldest = oldestCompatibility(minor);
    if (text !== '' && Number(text) >= oldest && Number(text) < minor) return [];
    return [
      {
        object: `mesh.values.${chart}.compatibilityVersion`,
        problem: `Istio ${mesh.version} has no way to behave like "${wanted}"`,
        remedy: `choose one from 1.${oldest} to 1.${minor - 1}, or take it away`,
        blocks: true,
      },
    ];
  });
}

/** Defaults that change between the running version and the wanted one, and that no value settles. */
function behaviour({ mesh, before }: View): Finding[] {
  const [from, to] = [minorOf(before?.version ?? ''), minorOf(mesh.version)];
  if (from === undefined || to === undefined || from >= to) return [];
  const { istiod } = mesh.values;
  if (textAt(istiod, 'compatibilityVersion') !== undefined) return [];
  const changed = behaviourChanges
    .filter(({ since, path }) => since > from && since <= to && valueAt(mesh.values, path) === undefined)
    .map(({ since, path }) => `${path.split('.').at(-1) ?? path} (1.${since})`);
  if (changed.length === 0) return [];
  return [
    {
      object: `Istio 1.${from} -> 1.${to}`,
      problem: `defaults change: ${changed.join(', ')}`,
      remedy: `read the upgrade notes; compatibilityVersion: "1.${from}" in the values of each chart keeps the old ones for a while`,
      blocks: false,
    },
  ];
}
