import type { MeshSubject, StandIn, TrialCluster } from '@meshwright/plugin-testkit';
import { Component, systemNamespace } from '../names.ts';
import { meshLinkerd } from '../plugin.ts';
import { makeAnchor, makeIssuer } from '../trust/certificates.ts';
import { meshSpec } from './objects.ts';
import { simulateInjector } from './simulated-injector.ts';

const [older, newer] = ['2026.7.2', '2026.8.3'];
const injector = 'simulated-injector';

/** What the conformance suite is told of Linkerd. */
export const subject: MeshSubject = {
  plugin: meshLinkerd,
  versions: { older, newer },
  charts: ['linkerd-crds', 'linkerd-control-plane', 'linkerd-viz', 'linkerd-multicluster'],
  namespace: systemNamespace,
  mesh: (version) => meshSpec({ version }),
  everything: (version) => meshSpec({ version, components: Object.values(Component) }),
  refused: [
    { what: 'no version', mesh: meshSpec({ version: 'newest' }), field: 'mesh.version' },
    { what: 'the name of a release', mesh: meshSpec({ version: '26.8.3' }), field: 'mesh.version' },
    { what: 'a version of long ago', mesh: meshSpec({ version: '2024.2.4' }), field: 'mesh.version' },
    { what: 'an unknown component', mesh: meshSpec({ components: ['dashboard'] }), field: 'mesh.components' },
    { what: 'an unknown chart', mesh: meshSpec({ values: { linkerd2: {} } }), field: 'mesh.values.linkerd2' },
    {
      what: 'a key',
      mesh: meshSpec({
        values: { 'linkerd-control-plane': { identity: { issuer: { tls: { keyPEM: 'secret' } } } } },
      }),
      field: 'mesh.values.linkerd-control-plane.identity.issuer.tls.keyPEM',
    },
  ],
  tooOld: '2025.4.4',
  replicas: 2,
  standIn,
  rewrites: [{ what: 'the controllers renew their locks', write: makeLocks }],
  helm: async (version) => ({
    releases: [
      { chart: 'linkerd-crds', name: 'linkerd-crds', namespace: systemNamespace, values: {} },
      {
        chart: 'linkerd-control-plane',
        name: 'linkerd-control-plane',
        namespace: systemNamespace,
        values: await ownTrust(),
      },
    ],
    mesh: meshSpec({ version }),
  }),
  leaves: [],
  dataPlane: { notTried: 'its images are not to be had here, so that no proxy of it has run' },
};

/** The values by which Linkerd's guide for Helm gives the trust anchor and the issuer. */
async function ownTrust(): Promise<Record<string, unknown>> {
  const anchor = await makeAnchor('root.linkerd.cluster.local');
  const issuer = await makeIssuer('identity.linkerd.cluster.local', anchor);
  return {
    identityTrustAnchorsPEM: anchor.certificate,
    identity: { issuer: { tls: { crtPEM: issuer.certificate, keyPEM: issuer.key } } },
  };
}

/** Injects proxies into pods, and makes the locks that the controllers make. */
async function standIn(cluster: TrialCluster, mesh: TrialCluster): Promise<StandIn> {
  const { stop } = await simulateInjector({
    get: (reference) => cluster.get(reference),
    apply: (object) => cluster.apply(object, injector),
  });
  return {
    async applied(stage) {
      if (/^(undo-)?(control-plane|verify)$|^helm$/.test(stage)) await makeLocks(mesh);
    },
    async stop() {
      stop();
      await cluster.remove({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingWebhookConfiguration',
        name: 'simulated-linkerd-injector',
      });
    },
  };
}

async function makeLocks(cluster: TrialCluster): Promise<void> {
  for (const name of ['linkerd-destination-endpoint-write', 'policy-controller-write']) {
    const metadata = { name, namespace: systemNamespace };
    await cluster.apply(
      {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata,
        spec: { renewTime: new Date().toISOString().replace('Z', '000Z') },
      },
      'linkerd-controller',
    );
  }
}
