import { plural } from '@meshwright/model';
import {
  coverageOf,
  DaemonSet,
  type PluginContext,
  type Verification,
  type VerifyChange,
  waitingFor,
} from '@meshwright/plugin-sdk';
import { systemNamespace } from '../names.ts';
import { sameNumbers, versionOfImage } from '../versions.ts';

/** The CNI agent runs on every node that wants it: pods on another node would start without their redirection. */
export function checkCni(change: VerifyChange, context: PluginContext): Promise<Verification> {
  return checkNodes({ name: 'istio-cni-node', what: 'the CNI agent' }, change, context);
}

/** The node proxy runs on every node that wants it, in the mesh's version. */
export function checkZtunnel(change: VerifyChange, context: PluginContext): Promise<Verification> {
  return checkNodes({ name: 'ztunnel', what: 'the node proxy' }, change, context);
}

async function checkNodes(
  { name, what }: { name: string; what: string },
  { mesh }: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const kind = { apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: systemNamespace };
  const object = await cluster.get({ ...kind, name });
  const called = `DaemonSet ${systemNamespace}/${name}`;
  if (object === undefined) return waitingFor([`${called} is not there`], '');
  const daemonSet = DaemonSet.parse(object);
  const versions = daemonSet.spec.template.spec.containers.map(({ image }) => versionOfImage(image ?? ''));
  const other = versions.find((version) => version !== undefined && !sameNumbers(version, mesh.version));
  const problem = coverageOf(daemonSet);
  if (other !== undefined) return waitingFor([`${called} is of version ${other}`], '');
  if (problem !== undefined) return waitingFor([problem], '');
  const { desiredNumberScheduled: desired } = daemonSet.status;
  return waitingFor(
    [],
    desired === 0 ? `no node wants ${what}` : `${what} is ready on ${plural(desired, 'node')}`,
  );
}
