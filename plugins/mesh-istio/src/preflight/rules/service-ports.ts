import { plural } from '@meshwright/model';
import { type Look, type Rule, mistake } from '../finding.ts';
import type { Service } from '../shapes.ts';

type Port = Service['ports'][number];

/** Ports say their protocol, so that Istio need not guess it from the first bytes (Istio's protocol selection guide). */
export const servicePorts: Rule = {
  id: 'service-port',
  title: 'Ports of enrolled Services say their protocol',
  needs: ['services'],
  look: (view): Look => {
    const enrolled = view.services.filter(
      ({ metadata, spec }) => view.enrolled.has(metadata.namespace) && spec.type !== 'ExternalName',
    );
    return {
      findings: enrolled.flatMap((subject) => {
        const unsaid = subject.spec.ports.filter((port) => !saysProtocol(port));
        if (unsaid.length === 0) return [];
        const names = unsaid.map(({ name, port }) => (name === '' ? String(port) : `${name} (${port})`));
        return [
          mistake(subject, 'IST0118', {
            problem: `does not say the protocol of port ${names.join(', ')}: Istio guesses it from the first bytes, which a server that speaks first never gets past`,
            remedy: 'set appProtocol, or name the port like http-web or tcp-db',
            blocks: false,
          }),
        ];
      }),
      looked: `${plural(enrolled.length, 'Service')} of enrolled namespaces`,
    };
  },
};

/** The names pkg/config/protocol of istio/istio takes, in any case. */
const protocols = new Set(
  'tcp,udp,grpc,grpc-web,http,http_proxy,http2,https,tls,mongo,redis,mysql'.split(','),
);
const standardNames = new Set(['kubernetes.io/h2c', 'kubernetes.io/ws', 'kubernetes.io/wss']);
/** SMTP, DNS, MySQL and MongoDB: taken for TCP where nothing is said. */
const knownPorts = new Set([25, 53, 3306, 27017]);

function saysProtocol({ name, port, protocol, appProtocol }: Port): boolean {
  if (protocol !== 'TCP' || knownPorts.has(port)) return true;
  if (appProtocol !== undefined && standardNames.has(appProtocol)) return true;
  const said = (appProtocol ?? name).toLowerCase();
  return protocols.has(said.split('-')[0] ?? '') || said.startsWith('grpc-web');
}
