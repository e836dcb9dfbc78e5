import { describe, expect, it } from 'vitest';

import { apiServerArguments, firstAddress, type ApiServerSettings } from './api-server.ts';

const keys = { certificate: '/pki/x.crt', key: '/pki/x.key' };
const settings: ApiServerSettings = {
  bindAddress: '127.0.0.1',
  port: 16443,
  serviceCidr: '10.96.0.0/16',
  etcdServer: 'https://127.0.0.1:12379',
  etcdKeys: keys,
  authority: { files: keys, certificate: '', issue: () => Promise.resolve(keys) },
  keyPair: keys,
  kubeletClient: keys,
  serviceAccounts: { privateKey: '/pki/sa.key', publicKey: '/pki/sa.pub' },
};

describe('the arguments of the API server', () => {
  it('write no endpoint of the Service kubernetes without an address that pods can reach', () => {
    const args = apiServerArguments(settings);
    expect(args).toContain('--endpoint-reconciler-type=none');
    expect(args.join(' ')).not.toContain('--advertise-address');
  });

  it('advertise the address of a node profile and call kubelets by their address', () => {
    const args = apiServerArguments({
      ...settings,
      advertiseAddress: '10.160.255.1',
      kubeletAddressTypes: 'InternalIP',
    });
    expect(args).toContain('--advertise-address=10.160.255.1');
    expect(args).toContain('--kubelet-preferred-address-types=InternalIP');
    expect(args.join(' ')).not.toContain('--endpoint-reconciler-type');
  });
});

describe('the first address of a range', () => {
  it.each([
    ['10.96.0.0/16', '10.96.0.1'],
    ['10.96.3.7/16', '10.96.0.1'],
    ['192.168.255.128/25', '192.168.255.129'],
    ['255.255.255.252/30', '255.255.255.253'],
    ['0.0.0.0/0', '0.0.0.1'],
  ])('of %s is %s', (cidr, address) => {
    expect(firstAddress(cidr)).toBe(address);
  });

  it.each(['10.96.0.0', '10.96.0/16', '10.96.0.256/16', '10.96.0.0/31', 'fd00::/108', ''])(
    'of "%s" is refused',
    (cidr) => {
      expect(() => firstAddress(cidr)).toThrow('is not an IPv4 range');
    },
  );
});
