import { InvalidArgumentError } from '@commander-js/extra-typings';
import type { Probe } from '@meshwright/model';

const form = /^(?<cluster>[^/\s]+)\/(?<namespace>[^/\s]+)\/(?<labelSelector>[^:\s]+)(?::(?<port>\d{1,5}))?$/;
/** Where a `fortio server` listens by itself. */
const usualPort = 8080;

/** `local/checkout/app=client`, and `:port` where it is another one. */
export function parseProbe(text: string): Probe {
  const { cluster = '', namespace = '', labelSelector = '', port } = form.exec(text)?.groups ?? {};
  if (cluster === '') {
    throw new InvalidArgumentError('It is cluster/namespace/labels, like local/checkout/app=client:8080.');
  }
  return { cluster, namespace, labelSelector, port: port === undefined ? usualPort : Number(port) };
}
