import { LoadProtocol, type LoadRequest } from '@meshwright/model';
import { createGrpcSender } from './grpc.ts';
import { createHttp1Sender } from './http1.ts';
import { createStreamSender } from './http2.ts';
import { errorOfStatus, type Sender } from './sender.ts';
import { createTcpSender } from './tcp.ts';

const creators: Record<LoadProtocol, (request: LoadRequest) => Sender> = {
  [LoadProtocol.http1]: createHttp1Sender,
  [LoadProtocol.http2]: createHttp2Sender,
  [LoadProtocol.grpc]: createGrpcSender,
  [LoadProtocol.tcp]: createTcpSender,
};

/** What speaks to the endpoint of a trial. */
export function createSender(request: LoadRequest): Sender {
  return creators[request.endpoint.protocol](request);
}

function createHttp2Sender(request: LoadRequest): Sender {
  const { address, method = 'GET', headers = {}, body } = request.endpoint;
  const { origin, pathname, search } = new URL(address);
  return createStreamSender(origin, request, {
    headers: { ':method': method, ':path': `${pathname}${search}`, ...headers },
    body: body === undefined ? undefined : Buffer.from(body, 'utf8'),
    judge: errorOfStatus,
  });
}
