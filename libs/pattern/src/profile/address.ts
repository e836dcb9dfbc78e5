import { parseHostPort } from '@meshwright/document';
import { LoadProtocol } from '@meshwright/model';

/** Why load cannot be sent to an address. */
export interface AddressProblem {
  message: string;
  suggestion: string;
}

/** What is wrong with an address of a protocol; undefined for a good one. Credentials in it are not repeated. */
export function addressProblem(protocol: LoadProtocol, address: string): AddressProblem | undefined {
  if (/[\s\p{Cc}\p{Cf}]/u.test(address)) {
    return { message: 'has spaces or characters that do not show', suggestion: 'Remove them.' };
  }
  return protocol === LoadProtocol.http1 || protocol === LoadProtocol.http2
    ? webProblem(protocol, address)
    : hostPortProblem(protocol, address);
}

function webProblem(protocol: LoadProtocol, address: string): AddressProblem | undefined {
  if (!/^https?:\/\//.test(address)) {
    const isHostPort = parseHostPort(address.split('/')[0] ?? '', 1) !== undefined;
    return {
      message: `must be a web address, for the protocol is ${protocol}`,
      suggestion: isHostPort ? `Write http://${address}.` : 'Write it like http://checkout.shop:8080/cart.',
    };
  }
  const url = URL.parse(address);
  if (url === null || url.hostname === '') {
    return { message: 'is no web address', suggestion: 'Write it like http://checkout.shop:8080/cart.' };
  }
  if (url.username !== '' || url.password !== '') {
    return { message: 'holds credentials, which do not belong in Git', suggestion: 'Take them out.' };
  }
  if (!address.includes('#')) return undefined;
  return { message: 'has a fragment (#), which is never sent', suggestion: 'Remove it.' };
}

function hostPortProblem(protocol: LoadProtocol, address: string): AddressProblem | undefined {
  if (parseHostPort(address, 1) !== undefined) return undefined;
  const rest = /^[a-z][a-z0-9+.-]*:\/\/(?<host>[^/]*)/i.exec(address)?.groups?.host ?? '';
  const meant = parseHostPort(rest, 1) === undefined ? 'checkout.shop:8080' : rest;
  return {
    message: `must be host:port, for the protocol is ${protocol}`,
    suggestion: rest === meant ? `Write ${meant}.` : `Write it like ${meant}.`,
  };
}
