import { type PluginContext, type Verification, type VerifyChange, waitingFor } from '@meshwright/plugin-sdk';
import { systemNamespace } from '../names.ts';
import { PeerAuthentication } from '../shapes.ts';

const kind = { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication' };

/** The mesh-wide policy is there; policies of enrolled namespaces that say otherwise are named. */
export async function checkMutualTls(
  change: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const object = await cluster.get({ ...kind, namespace: systemNamespace, name: 'default' });
  if (object === undefined)
    return waitingFor([`PeerAuthentication ${systemNamespace}/default is not there`], '');
  const { mode } = PeerAuthentication.parse(object).spec.mtls;
  const others: string[] = [];
  for (const namespace of change.mesh.enrolledNamespaces) {
    for (const policy of await cluster.list({ ...kind, namespace })) {
      const { metadata, spec } = PeerAuthentication.parse(policy);
      if (spec.mtls.mode !== mode && spec.mtls.mode !== 'UNSET')
        others.push(`${namespace}/${metadata.name} says ${spec.mtls.mode}`);
    }
  }
  const exceptions = others.length === 0 ? '' : `, except that ${others.join(', ')}`;
  return waitingFor([], `mutual TLS is ${mode} in the mesh${exceptions}`);
}
