import { valueAt } from '@meshwright/plugin-sdk';
import { chart, systemNamespace } from '../names.ts';
import { fine, type Rule } from './finding.ts';

const defaultSecret = 'cilium-ipsec-keys';

/** Keys for IPsec are the user's to make, and agents without them do not start. WireGuard makes its own. */
export const encryption: Rule = {
  title: 'Keys of encryption',
  look: async ({ snapshot }, _target, cluster) => {
    const values = snapshot.pattern.spec.mesh.values[chart];
    if (valueAt(values, 'encryption.enabled') !== true) return fine('no encryption between nodes');
    const type = valueAt(values, 'encryption.type') ?? 'ipsec';
    if (type !== 'ipsec') return fine('this encryption makes its own');
    const given = valueAt(values, 'encryption.ipsec.secretName');
    const name = typeof given === 'string' ? given : defaultSecret;
    const secret = await cluster.get({ apiVersion: 'v1', kind: 'Secret', namespace: systemNamespace, name });
    if (secret !== undefined) return fine(`Secret ${systemNamespace}/${name} is there`);
    return {
      ...fine(''),
      failures: [
        `Secret ${systemNamespace}/${name} is not there: make it as Cilium's guide on IPsec says, for its keys never come from a repository.`,
      ],
    };
  },
};
