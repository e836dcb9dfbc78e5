import { MeshwrightError } from '@meshwright/model';
import { addApi } from './api.ts';
import { createRates } from './rates.ts';
import { createServer, limitsWith } from './server.ts';

const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore, child: () => silent };

function ignore(): void {
  // Nothing is asked for while a description is made.
}

/** The description of the API as OpenAPI 3.1, from the schemas of its routes. */
export async function describeApi(): Promise<string> {
  const limits = limitsWith();
  const server = createServer({ limits, logger: silent });
  try {
    await addApi(server, {
      engine: {
        ready: Promise.resolve(),
        client: () => {
          throw new MeshwrightError('TEMPORAL_UNREACHABLE', 'Nobody is asked while a description is made.');
        },
        close: () => Promise.resolve(),
      },
      identities: { accountOf: () => Promise.resolve({ service: 'api', id: 'description' }) },
      believed: createRates(limits.believed),
      logger: silent,
    });
    const { payload } = await server.inject({ method: 'GET', url: '/api/v1/openapi.json' });
    return `${JSON.stringify(JSON.parse(payload), null, 2)}\n`;
  } finally {
    await server.close();
  }
}
