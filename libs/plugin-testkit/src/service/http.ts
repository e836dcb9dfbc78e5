import { MeshwrightError, messageOf } from '@meshwright/model';
import type { HttpPort } from '@meshwright/plugin-sdk';

/** How long a request may take, in milliseconds: a local server answers at once, or was told not to. */
const timeout = 1_500;

/** HTTP as plugins are given it, without its patience: what is sent once arrives once, or the test sees why not. */
export const plainHttp: HttpPort = {
  async send({ method, url, headers, body, signal }) {
    const signals = [AbortSignal.timeout(timeout), ...(signal === undefined ? [] : [signal])];
    try {
      const response = await fetch(url, {
        method,
        redirect: 'error',
        signal: AbortSignal.any(signals),
        ...(headers === undefined ? {} : { headers }),
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: Object.fromEntries(response.headers), body: text };
    } catch (error) {
      const { host } = new URL(url);
      throw new MeshwrightError('SERVICE_UNREACHABLE', `${host} did not answer: ${messageOf(error)}.`);
    }
  },
};
