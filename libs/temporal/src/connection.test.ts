import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionSettings, connectTemporal } from './connection.ts';

const address = 'temporal.example.com:7233';
const namespace = 'default';
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'meshwright-tls-'));
  for (const name of ['ca', 'certificate', 'key']) await writeFile(join(directory, name), `the ${name}`);
});
afterAll(() => rm(directory, { recursive: true }));

describe('connection settings', () => {
  it('hold the contents of the TLS files', async () => {
    const tls = {
      ca: join(directory, 'ca'),
      certificate: join(directory, 'certificate'),
      key: join(directory, 'key'),
    };
    expect(await connectionSettings({ address, namespace, tls })).toEqual({
      address,
      tls: {
        serverRootCACertificate: Buffer.from('the ca'),
        clientCertPair: { crt: Buffer.from('the certificate'), key: Buffer.from('the key') },
      },
    });
  });

  it('use TLS with an API key, and plain text only where neither is given', async () => {
    expect(await connectionSettings({ address, namespace, apiKey: () => Promise.resolve('k') })).toEqual({
      address,
      apiKey: 'k',
      tls: true,
    });
    expect(await connectionSettings({ address, namespace })).toEqual({ address });
  });

  it('refuse half a pair and a file that is not there', async () => {
    const certificate = join(directory, 'certificate');
    await expect(connectionSettings({ address, namespace, tls: { certificate } })).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('only one of certificate and key') as string,
    });
    await expect(
      connectionSettings({ address, namespace, tls: { ca: '/nowhere/ca' } }),
    ).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('temporal.tls.ca: cannot read /nowhere/ca') as string,
    });
  });
});

describe('connecting', () => {
  it('says who does not answer where nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await expect(connectTemporal({ address: `127.0.0.1:${port}`, namespace })).rejects.toMatchObject({
      code: 'TEMPORAL_UNREACHABLE',
      message: expect.stringContaining(`127.0.0.1:${port}`) as string,
    });
  }, 30_000);
});
