import { Agent, type ClientRequest, type IncomingMessage, request as requestPlainly } from 'node:http';
import { Agent as TlsAgent, request as requestByTls } from 'node:https';
import type { LoadRequest } from '@meshwright/model';
import { now } from '../clock.ts';
import { createSlots } from './slots.ts';
import type { Outcome, Sender } from './sender.ts';
import { errorOfStatus, lost, timedOut } from './sender.ts';

/** HTTP/1.1: each connection carries one request at a time. */
export function createHttp1Sender({ endpoint, connections, timeoutSeconds }: LoadRequest): Sender {
  const url = new URL(endpoint.address);
  const secure = url.protocol === 'https:';
  const options = { keepAlive: true, maxSockets: 1 };
  const agents = Array.from({ length: connections }, () =>
    secure ? new TlsAgent(options) : new Agent(options),
  );
  const slots = createSlots(agents);
  const { method = 'GET', headers = {}, body } = endpoint;
  const send = secure ? requestByTls : requestPlainly;
  const exchange = (agent: Agent): Promise<Outcome> =>
    outcomeOf((take) => send(url, { method, headers, agent }, take).end(body), timeoutSeconds);
  return {
    open: () => Promise.all(agents.map(exchange)),
    async send() {
      const agent = await slots.take();
      const outcome = await exchange(agent);
      slots.give(agent);
      return outcome;
    },
    close() {
      for (const agent of agents) agent.destroy();
    },
  };
}

function outcomeOf(
  begin: (take: (answer: IncomingMessage) => void) => ClientRequest,
  timeoutSeconds: number,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const sentAt = now();
    const end = (outcome: Outcome): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    const request = begin((answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
      answer.once('end', () => end({ sentAt, bytes, ...errorOfStatus(answer.statusCode) }));
      answer.once('error', () => end(lost(sentAt)));
    });
    request.once('error', () => end(lost(sentAt)));
    const timer = setTimeout(() => {
      end(timedOut(sentAt));
      request.destroy();
    }, timeoutSeconds * 1_000);
  });
}
