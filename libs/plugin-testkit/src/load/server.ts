import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { LoadProtocol } from '@meshwright/model';
import type { Behaviour, ServerMessage } from './behaviour.ts';

/** A server that runs. */
export interface LoadServer {
  /** As load requests take it. */
  address: string;
  /** How many requests it has got so far. */
  requests(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a server on a free port of the loopback interface. */
export async function startLoadServer(behaviour: Behaviour): Promise<LoadServer> {
  const thread = new Worker(new URL('./server-thread.ts', import.meta.url), { workerData: behaviour });
  const next = async (): Promise<ServerMessage> => {
    const [message] = (await once(thread, 'message')) as [ServerMessage];
    return message;
  };
  const started = await next();
  const host = `127.0.0.1:${'port' in started ? started.port : 0}`;
  const isHttp = behaviour.protocol === LoadProtocol.http1 || behaviour.protocol === LoadProtocol.http2;
  return {
    address: isHttp ? `http://${host}/` : host,
    async requests() {
      const answer = next();
      thread.postMessage('requests');
      const message = await answer;
      return 'requests' in message ? message.requests : 0;
    },
    async stop() {
      await thread.terminate();
    },
  };
}
