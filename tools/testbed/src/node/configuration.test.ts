import { expect, test } from 'vitest';

import { parseHierarchies } from './cgroup.ts';
import { cniConfig, containerdConfig } from './containerd.ts';
import { dnsObjects } from './dns.ts';
import { kubeletConfig, kubeProxyConfig } from './kubernetes.ts';
import { networkOfSlot } from './network.ts';
import { nodePaths } from './paths.ts';

const paths = nodePaths('/var/tmp/testbeds/one/node');
const network = networkOfSlot(3);

test('all files of a node lie in its directory, but the note of its addresses, which outlives it', () => {
  const { directory, cgroup, network: note, ...files } = paths;
  expect(note).toBe(`${directory}-network.json`);
  for (const file of Object.values(files)) expect(file.startsWith(`${directory}/`)).toBe(true);
  expect(cgroup).toMatch(/^\/meshwright\/[0-9a-f]{12}$/);
});

test('two directories have different control groups, and one directory always the same', () => {
  expect(nodePaths('/var/tmp/testbeds/two/node').cgroup).not.toBe(paths.cgroup);
  expect(nodePaths('/var/tmp/testbeds/../testbeds/one/node/').cgroup).toBe(paths.cgroup);
});

test('containerd may be told not to lower oom_score_adj', () => {
  const settings = { sandboxImage: 'pause', cniPlugins: '/cni', snapshotter: 'native' } as const;
  expect(containerdConfig(paths, { ...settings, restrictOomScore: true })).toContain(
    'restrict_oom_score_adj = true',
  );
  expect(containerdConfig(paths, { ...settings, restrictOomScore: false })).toContain(
    'snapshotter = "native"',
  );
});

test('kubelet keeps its control groups below the one of the node and takes version 1 too', () => {
  expect(JSON.parse(kubeletConfig(paths, network, '/ca.crt'))).toMatchObject({
    cgroupRoot: paths.cgroup,
    cgroupDriver: 'cgroupfs',
    failCgroupV1: false,
    enforceNodeAllocatable: [],
    clusterDNS: [network.dnsAddress],
    authentication: { anonymous: { enabled: false }, x509: { clientCAFile: '/ca.crt' } },
  });
});

test('kube-proxy uses nftables and leaves the limits of connection tracking alone', () => {
  expect(JSON.parse(kubeProxyConfig(network, '/kubeconfig'))).toMatchObject({
    mode: 'nftables',
    clusterCIDR: network.podCidr,
    conntrack: { maxPerCore: 0, min: 0 },
  });
});

test('pods get addresses of the pod range and no address translation', () => {
  const config = JSON.parse(cniConfig(paths, network)) as { plugins: [{ ipMasq: boolean; ipam: object }] };
  expect(config.plugins[0]).toMatchObject({
    ipMasq: false,
    ipam: { ranges: [[{ subnet: network.podCidr }]] },
  });
});

test('the DNS Service has the address that kubelet writes into pods', () => {
  const service = dnsObjects(network).find(({ path }) => path.endsWith('/services'));
  expect(service?.object).toMatchObject({
    metadata: { name: 'kube-dns' },
    spec: { clusterIP: network.dnsAddress },
  });
});

test('control group hierarchies are found for version 1, version 2 and both together', () => {
  const one =
    'cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\ncgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\n';
  const two = 'proc /proc proc rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n';
  expect(parseHierarchies(one)).toEqual(['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/memory']);
  expect(parseHierarchies(two)).toEqual(['/sys/fs/cgroup']);
  expect(parseHierarchies(one + two)).toHaveLength(3);
});
