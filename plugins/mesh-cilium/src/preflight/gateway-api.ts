import { lt, parse } from 'semver';
import { type ClusterPort, valueAt } from '@meshwright/plugin-sdk';
import { chart, Component } from '../names.ts';
import { minorOf } from '../versions.ts';
import { fine, type Rule } from './finding.ts';

const group = 'gateway.networking.k8s.io';
const bundleVersion = `${group}/bundle-version`;

/** The release and the definitions that a minor version needs (Gateway API, Prerequisites, in Cilium's documentation). */
const needed = new Map<string, { release: string; definitions: readonly string[] }>([
  [
    '1.19',
    {
      release: '1.4.1',
      definitions: ['gatewayclasses', 'gateways', 'httproutes', 'referencegrants', 'grpcroutes'],
    },
  ],
  [
    '1.20',
    {
      release: '1.6.1',
      definitions: [
        'gatewayclasses',
        'gateways',
        'httproutes',
        'referencegrants',
        'grpcroutes',
        'backendtlspolicies',
        'tlsroutes',
      ],
    },
  ],
]);

/** The definitions of the Gateway API are there, and new enough, where Cilium is to serve it. */
export const gatewayApi: Rule = {
  title: 'The Gateway API is there where it is needed',
  look: async ({ snapshot }, { version }, cluster) => {
    const { mesh } = snapshot.pattern.spec;
    if (!mesh.components.includes(Component.gatewayApi)) return fine('not needed');
    const needs = needed.get(minorOf(version) ?? '');
    if (needs === undefined) {
      return { ...fine(''), warnings: [`nothing is known here of what Cilium ${version} needs of it`] };
    }
    const found = await Promise.all(needs.definitions.map((name) => problemOf(name, needs.release, cluster)));
    const isReplaced = String(valueAt(mesh.values[chart], 'kubeProxyReplacement')) === 'true';
    return {
      failures: [
        ...found.filter((problem) => problem !== undefined),
        ...(isReplaced ? [] : ['Gateway API needs kubeProxyReplacement: true in mesh.values.cilium.']),
      ],
      warnings: [],
      looked: `${needs.definitions.length} definitions of release ${needs.release} or newer`,
    };
  },
};

async function problemOf(plural: string, release: string, cluster: ClusterPort): Promise<string | undefined> {
  const name = `${plural}.${group}`;
  const kind = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
  const live = await cluster.get({ ...kind, name });
  const remedy = `install the Gateway API ${release} (kubernetes-sigs/gateway-api) first.`;
  if (live === undefined) return `${name} is not there: ${remedy}`;
  const installed = parse(live.metadata.annotations?.[bundleVersion] ?? '');
  if (installed === null || !lt(installed, release)) return undefined;
  return `${name} is of release ${installed.version}: ${remedy}`;
}
