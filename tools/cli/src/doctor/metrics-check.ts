import type { Config } from '@meshwright/config';
import { MeshwrightError, messageOf } from '@meshwright/model';
import type { Check } from './run.ts';
import { reachable } from './service-checks.ts';

/** The build is among the first things that the endpoint tells; a megabyte is far beyond all of it. */
const mostBytes = 1_048_576;

/** Whether Meshwright answers where its metrics are served. An engine that does not run here is no fault. */
export function metricsCheck({ metrics }: Pick<Config, 'metrics'>): Check[] {
  if (metrics === undefined) return [];
  const { host, port } = metrics.listen;
  return [
    {
      name: 'metrics',
      async look(signal) {
        if (port === 0) return { skipped: 'port 0 is another one each time the engine starts' };
        const url = `http://${reachable(host)}:${port}/metrics`;
        const response = await fetch(url, { signal, redirect: 'error' }).catch((error: unknown) => {
          signal.throwIfAborted();
          return messageOf(error);
        });
        if (typeof response === 'string')
          return { skipped: `nothing answers at ${url}: no engine runs here` };
        return { found: `${url}, Meshwright ${versionIn(await readBounded(response), url)}` };
      },
    },
  ];
}

async function readBounded({ body }: Response): Promise<string> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > mostBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function versionIn(text: string, url: string): string {
  const [, version] = /^meshwright_build_info\{[^}\n]*\bversion="([^"\n]{1,50})"/m.exec(text) ?? [];
  if (version !== undefined) return version;
  throw new MeshwrightError('INVALID_CONFIGURATION', `What answers at ${url} is not Meshwright.`, {
    where: url,
    remedy: 'Choose another address under metrics.listen in meshwright.yaml.',
  });
}
