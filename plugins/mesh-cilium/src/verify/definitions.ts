import { type PluginContext, type Verification, type VerifyChange, waitingFor } from '@meshwright/plugin-sdk';

/** Kinds without which agents do not start or enforce nothing; the operator makes them all when it starts. */
const kinds = [
  'CiliumNode',
  'CiliumIdentity',
  'CiliumEndpoint',
  'CiliumNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
];

/** The server serves the kinds that the operator makes. */
export async function checkDefinitions(
  _change: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const served = await Promise.all(kinds.map((kind) => cluster.serves('cilium.io/v2', kind)));
  const missing = kinds.filter((_kind, index) => served[index] !== true);
  return waitingFor(
    missing.map((kind) => `the API server serves no ${kind} yet: the operator makes it`),
    'the kinds of Cilium are served',
  );
}
