import { clipped } from '@meshwright/model';

export { clipped, plain } from '@meshwright/model';

const credentials = /^([a-z][a-z\d+.-]*:[/\\]+)?[^/\\?#]*@/i;

/** An address without what may be a secret: the user and the values of a query. */
export function publicAddress(address: string): string {
  return clipped(address.replace(credentials, '$1').replace(/[?#].*$/s, '?…'), 200);
}

/** `p50`, `p50 and p90`, `p50, p90 and 3 more`. */
export function listed(items: readonly string[], most = 4): string {
  const shown = items.slice(0, most);
  const left = items.length - shown.length;
  const all = left > 0 ? [...shown, `${left} more`] : shown;
  const last = all.at(-1) ?? '';
  return all.length < 2 ? last : `${all.slice(0, -1).join(', ')} and ${last}`;
}

/** Makes foreign text safe for where it is put. */
export type Quote = (text: string) => string;

/** Foreign text as it is: for who escapes the whole sentence. */
export const asIs: Quote = (text) => text;
