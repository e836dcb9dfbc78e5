import { editedPattern, patternFile } from './example.ts';
import type { Scene } from './scene.ts';

/** Where the route of the example's server lies. */
export const routeFile = 'istio/server-retries.yaml';
/** Where the profile lies that {@link measuredExample} names. */
export const profileFile = 'performance/checkout.yaml';

/** Requests of 20 ms through both sidecars, from a pod that the engine creates; short, for the body of the latencies. */
export const exampleProfile = (
  rate: number,
  limit = 'relative: 15%',
): string => `apiVersion: meshwright.dev/v1alpha1
kind: PerformanceProfile
metadata: { name: checkout }
spec:
  generator: fortio
  endpoints:
    - { name: server, protocol: http1, address: "http://server.checkout:8080/?delay=20ms" }
  load: { rate: ${rate}, connections: 4, warmUp: 1s, duration: 1s }
  probes: { create: true }
  blocks: { looks: [5] }
  limits: { p50: { ${limit} } }
`;

/** A route of the server: it adds a header to each answer, and a delay where one is given. */
export const exampleRoute = (delay?: string): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: server, namespace: checkout }
spec:
  hosts: [server]
  http:
    - headers: { response: { add: { x-routed: "${delay ?? 'plainly'}" } } }
      ${delay === undefined ? '' : `fault: { delay: { fixedDelay: ${delay}, percentage: { value: 100 } } }`}
      route: [{ destination: { host: server } }]
`;

/** The files of the example with a workload that is measured so many times a second. */
export async function measuredExample(scene: Scene, rate: number): Promise<Record<string, string>> {
  const pattern = await editedPattern(scene, (document) => {
    document.setIn(['spec', 'performance'], document.createNode({ profile: profileFile }));
  });
  return { [patternFile]: pattern, [profileFile]: exampleProfile(rate) };
}

/** The namespaces of pods that the engine created for trials. */
export async function namespacesOfProbes({ kubectl }: Scene): Promise<string> {
  return kubectl('get', 'namespaces', '--selector=meshwright.dev/probes-of', '--output=name');
}
