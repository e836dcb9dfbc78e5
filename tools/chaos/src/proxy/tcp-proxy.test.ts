import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

let echo: Server;
let proxy: TcpProxy;

beforeEach(async () => {
  echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  proxy = await startTcpProxy(`127.0.0.1:${(echo.address() as AddressInfo).port}`);
});
afterEach(async () => {
  await proxy.stop();
  echo.close();
});

function open(): Socket {
  const socket = connect(Number(proxy.address.split(':')[1]), '127.0.0.1');
  return socket.on('error', () => undefined);
}

async function says(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

it('passes bytes on, breaks what is open when it is cut, refuses what is new, and passes on again when mended', async () => {
  const first = open();
  expect(await says(first, 'one')).toBe('one');
  const broken = once(first, 'close');
  expect(proxy.cut()).toBe(1);
  await broken;
  await once(open(), 'close');
  proxy.mend();
  const second = open();
  expect(await says(second, 'two')).toBe('two');
  second.destroy();
});
