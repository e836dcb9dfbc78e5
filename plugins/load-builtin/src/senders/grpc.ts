import type { LoadRequest } from '@meshwright/model';
import { createStreamSender } from './http2.ts';
import type { Sender } from './sender.ts';

/**
 * gRPC over HTTP/2: the health service's Check, which every gRPC server can have (grpc/grpc, doc/health-checking.md). The
 * message is one string, so it is written here.
 */
export function createGrpcSender(request: LoadRequest): Sender {
  const { address, headers = {}, service = '' } = request.endpoint;
  const authority = address.includes('://') ? address : `http://${address}`;
  return createStreamSender(authority, request, {
    headers: {
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    },
    body: framed(healthCheck(service)),
    judge: (status, grpcStatus) => {
      if (status !== 200) return { error: `status ${status ?? 'missing'}` };
      return grpcStatus === '0' ? {} : { error: `grpc-status ${grpcStatus ?? 'missing'}` };
    },
  });
}

/** `HealthCheckRequest { string service = 1; }`: field 1 of the wire type for bytes, its length, its bytes. */
function healthCheck(service: string): Buffer {
  const text = Buffer.from(service, 'utf8');
  if (text.length === 0) return text;
  return Buffer.concat([Buffer.from([0x0a, text.length]), text]);
}

/** Not compressed, and its length. */
function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}
