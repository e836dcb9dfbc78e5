import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDelayingProxy, openDistance } from './distance.ts';

const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
let port: number;

beforeEach(async () => {
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  port = (echo.address() as AddressInfo).port;
});

afterEach(async () => {
  echo.close();
  await once(echo, 'close');
});

describe('a distance', () => {
  it('brings everything in its order, a round trip later', async () => {
    const proxy = await openDelayingProxy({ host: '127.0.0.1', port }, 20);
    const begun = performance.now();
    const socket = connect({ host: '127.0.0.1', port: proxy.port, allowHalfOpen: true });
    const sent = Array.from({ length: 200 }, (_, index) => `piece ${index}\n`);
    for (const piece of sent) socket.write(piece);
    socket.end();
    expect(await text(socket)).toBe(sent.join(''));
    expect(performance.now() - begun).toBeGreaterThanOrEqual(39);
    await proxy.close();
  });

  it('changes nothing of a kubeconfig but the address', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'distance-'));
    const kubeconfig = join(directory, 'kubeconfig');
    const content = `clusters:\n  - name: a\n    cluster:\n      server: https://127.0.0.1:${port}\n      x: y\n`;
    await writeFile(kubeconfig, content);
    const distance = await openDistance(kubeconfig, { milliseconds: 2, directory });
    const changed = await readFile(distance.kubeconfig, 'utf8');
    expect(changed).not.toBe(content);
    expect(changed.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`)).toBe(content);
    await distance.close();
    await rm(directory, { recursive: true });
  });
});
