/** The addresses of one node: all of them inside one /16 that no other testbed on this machine uses. */
export interface NodeNetwork {
  /** Which of the machine's places for a node this is; from 0. */
  readonly slot: number;
  /** The host's end of the link to the node; also the address where the API server must be reached by pods. */
  readonly device: string;
  readonly hostAddress: string;
  /** The node's `InternalIP`: kubelet and NodePorts answer here. */
  readonly nodeAddress: string;
  /** Everything that the host routes to the node. */
  readonly cidr: string;
  readonly podCidr: string;
  /** For the API server's `--service-cluster-ip-range`. */
  readonly serviceCidr: string;
  /** The ClusterIP of the `kubernetes` Service: must be in the API server's certificate. */
  readonly apiServiceAddress: string;
  /** The ClusterIP of cluster DNS. */
  readonly dnsAddress: string;
}

/** How many nodes one machine has room for. */
export const SLOTS = 32;
const FIRST_OCTET_OF_SLOTS = 160;

/** The addresses of the slot: `10.160.0.0/16` for slot 0, `10.161.0.0/16` for slot 1, and so on. */
export function networkOfSlot(slot: number): NodeNetwork {
  const prefix = `10.${String(FIRST_OCTET_OF_SLOTS + slot)}`;
  return {
    slot,
    device: `meshwright${String(slot)}`,
    hostAddress: `${prefix}.255.1`,
    nodeAddress: `${prefix}.255.2`,
    cidr: `${prefix}.0.0/16`,
    podCidr: `${prefix}.0.0/17`,
    serviceCidr: `${prefix}.128.0/18`,
    apiServiceAddress: `${prefix}.128.1`,
    dnsAddress: `${prefix}.128.10`,
  };
}

/** Whether two IPv4 networks in CIDR notation (or single addresses) share an address. */
export function overlaps(left: string, right: string): boolean {
  const [a, b] = [parseCidr(left), parseCidr(right)];
  const bits = Math.min(a.bits, b.bits);
  return bits === 0 || a.address >>> (32 - bits) === b.address >>> (32 - bits);
}

/** The slots whose addresses none of the machine's routes (as `ip -j -4 route` prints them) lead to elsewhere. */
export function freeSlots(routes: readonly { readonly dst: string }[]): NodeNetwork[] {
  const taken = routes.map((route) => route.dst).filter((destination) => destination !== 'default');
  const networks = Array.from({ length: SLOTS }, (_, slot) => networkOfSlot(slot));
  return networks.filter((network) => !taken.some((destination) => overlaps(destination, network.cidr)));
}

function parseCidr(text: string): { address: number; bits: number } {
  const [address = '', bits = '32'] = text.split('/');
  const value = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return { address: value >>> 0, bits: Number(bits) };
}
