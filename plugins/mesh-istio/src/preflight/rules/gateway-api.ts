import { lt, parse } from 'semver';
import { MeshMode, groupOf, plural } from '@meshwright/model';
import { valueAt } from '@meshwright/plugin-sdk';
import { minorOf } from '../../versions.ts';
import { type Finding, type Look, type Rule } from '../finding.ts';
import { type View, patternObjects } from '../view.ts';

/** The API group of the Gateway API. */
export const group = 'gateway.networking.k8s.io';

/** The definitions of the Gateway API are there where the pattern needs them, and new enough. */
export const gatewayApi: Rule = {
  id: 'gateway-api',
  title: 'The Gateway API is there where it is needed',
  needs: [],
  look: (view): Look => {
    const needed = neededKinds(view);
    return {
      findings: [...missing(needed, view), ...outdated(view)],
      looked: needed.length === 0 ? 'not needed' : `${plural(needed.length, 'kind')} of it needed`,
    };
  },
};

/** Kinds of the Gateway API that the pattern holds, or that a waypoint is made of. */
export function neededKinds({ mesh, snapshot }: Pick<View, 'mesh' | 'snapshot'>): string[] {
  const held = patternObjects(snapshot)
    .filter(({ apiVersion }) => groupOf(apiVersion) === group)
    .map(({ apiVersion, kind }) => `${apiVersion}/${kind}`);
  const hasWaypoint = snapshot.pattern.spec.workloads.some(({ enroll, waypoint }) => enroll && waypoint);
  const own = mesh.mode === MeshMode.ambient && hasWaypoint ? [`${group}/v1/Gateway`] : [];
  return [...new Set([...held, ...own])].sort();
}

/** The release of the Gateway API that each minor version of Istio 1 is built with (its go.mod). */
const releases = new Map([
  [24, 'v1.2.1'],
  [25, 'v1.2.1'],
  [26, 'v1.3.0'],
  [27, 'v1.3.0'],
  [28, 'v1.4.1'],
  [29, 'v1.4.1'],
  [30, 'v1.5.1'],
  [31, 'v1.6.0'],
]);

/** What to install, for people to look at and apply themselves: CRDs of the cluster are not the mesh's to bring. */
function howToInstall(version: string, kinds: string[]): string {
  const release = releases.get(minorOf(version) ?? -1) ?? 'the release its notes name';
  const standard = ['Gateway', 'GatewayClass', 'HTTPRoute', 'GRPCRoute', 'ReferenceGrant'];
  const isStandard = kinds.every((kind) => standard.includes(kind.split('/').at(-1) ?? ''));
  return `install the CRDs of the Gateway API ${release} (${isStandard ? 'standard' : 'experimental'}-install.yaml of kubernetes-sigs/gateway-api), or put them into the pattern`;
}

function missing(needed: string[], view: View): Finding[] {
  const brought = new Set(
    patternObjects(view.snapshot)
      .filter(({ kind }) => kind === 'CustomResourceDefinition')
      .flatMap(({ spec }) => {
        const kind = String(valueAt(spec, 'names.kind'));
        const versions = valueAt(spec, 'versions');
        if (!Array.isArray(versions)) return [];
        return versions.map(
          (it) => `${String(valueAt(spec, 'group'))}/${String(valueAt(it, 'name'))}/${kind}`,
        );
      }),
  );
  const absent = needed.filter((kind) => view.notServed.includes(kind) && !brought.has(kind));
  return absent.map((kind) => ({
    object: kind,
    problem: 'the pattern needs this kind, and the API server does not serve it',
    remedy: howToInstall(view.mesh.version, absent),
    blocks: true,
  }));
}

/**
 * The oldest release from whose definitions Istio 1.31 reads a kind (pkg/config/schema/gatewayapi in istio/istio); of an
 * older one it says nothing and passes over the objects. Versions before 1.31 have no such rule.
 */
const oldest = new Map([
  ['grpcroutes', '1.1.0'],
  ['backendtlspolicies', '1.4.0'],
  ['tlsroutes', '1.5.0'],
  ['tcproutes', '1.6.0'],
]);

function outdated({ definitions, mesh }: View): Finding[] {
  if ((minorOf(mesh.version) ?? 0) < 31) return [];
  return definitions.flatMap(({ name, metadata, annotations }) => {
    const [plural = '', ...rest] = metadata.name.split('.');
    const needs = rest.join('.') === group ? oldest.get(plural) : undefined;
    const bundle = parse(annotations['gateway.networking.k8s.io/bundle-version'] ?? '');
    if (needs === undefined || bundle === null) return [];
    const release = `${bundle.major}.${bundle.minor}.${bundle.patch}`;
    if (!lt(release, needs)) return [];
    return [
      {
        object: name,
        problem: `is of the Gateway API ${release}, and Istio ${mesh.version} reads this kind only from ${needs} on`,
        remedy: `upgrade the CRDs of the Gateway API to ${needs} or newer`,
        blocks: false,
      },
    ];
  });
}
