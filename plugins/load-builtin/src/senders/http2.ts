import { type ClientHttp2Session, connect, constants, type OutgoingHttpHeaders } from 'node:http2';
import { now } from '../clock.ts';
import { lost, type Outcome, type Sender, timedOut } from './sender.ts';

/** A request over HTTP/2, and how its answer is judged. */
export interface StreamRequest {
  headers: OutgoingHttpHeaders;
  body: Buffer | undefined;
  /** From the status and the trailer `grpc-status`. */
  judge: (status: number | undefined, grpcStatus: string | undefined) => { error?: string };
}

/** HTTP/2: the connections take turns, and each carries many requests at once. */
export function createStreamSender(
  authority: string,
  { connections, timeoutSeconds }: { connections: number; timeoutSeconds: number },
  request: StreamRequest,
): Sender {
  const sessions = new Array<ClientHttp2Session | undefined>(connections).fill(undefined);
  let turn = 0;
  const sessionAt = (place: number): ClientHttp2Session => {
    const known = sessions[place];
    if (known !== undefined && !known.closed && !known.destroyed) return known;
    const session = connect(authority);
    // Each of its streams fails by itself and is counted there.
    session.on('error', () => undefined);
    sessions[place] = session;
    return session;
  };
  const send = (place: number): Promise<Outcome> => exchange(sessionAt(place), request, timeoutSeconds);
  return {
    open: () => Promise.all(sessions.map((_, place) => send(place))),
    send() {
      turn = (turn + 1) % connections;
      return send(turn);
    },
    close() {
      for (const session of sessions) session?.destroy();
    },
  };
}

function exchange(
  session: ClientHttp2Session,
  { headers, body, judge }: StreamRequest,
  timeoutSeconds: number,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const sentAt = now();
    const stream = session.request(headers, { endStream: body === undefined });
    let bytes = 0;
    let status: number | undefined;
    let grpcStatus: string | undefined;
    const timer = setTimeout(() => {
      resolve(timedOut(sentAt));
      stream.close(constants.NGHTTP2_CANCEL);
    }, timeoutSeconds * 1_000);
    const take = (fields: Readonly<Record<string, unknown>>): void => {
      if (typeof fields[':status'] === 'number') status = fields[':status'];
      if (typeof fields['grpc-status'] === 'string') grpcStatus = fields['grpc-status'];
    };
    stream.on('response', take);
    stream.on('trailers', take);
    stream.on('data', (chunk: Buffer) => (bytes += chunk.length));
    stream.once('end', () => resolve({ sentAt, bytes, ...judge(status, grpcStatus) }));
    stream.once('error', () => resolve(lost(sentAt)));
    stream.once('close', () => {
      clearTimeout(timer);
      resolve(lost(sentAt));
    });
    if (body !== undefined) stream.end(body);
  });
}
