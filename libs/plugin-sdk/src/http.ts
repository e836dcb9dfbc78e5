/** HTTP to a service: TLS verified, bounded, within its time, and patient where the service asks for it. */
export interface HttpPort {
  /**
   * The answer, whatever its status. A request that the service has not taken (429, or 503 with Retry-After) is sent again
   * when it may be; one without a lasting effect (GET, PUT, DELETE) also where it was lost.
   * @throws MeshwrightError SERVICE_UNREACHABLE when there is none.
   */
  send(request: HttpRequest): Promise<HttpResponse>;
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Readonly<Record<string, string>>;
  /** As it is sent. */
  body?: string | Uint8Array;
  signal?: AbortSignal;
}

export interface HttpResponse {
  status: number;
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
  /** At most 8 MiB. */
  body: string;
}

/** A request as it came in: its headers by lower-case name and the bytes of its body, unparsed. */
export interface IncomingRequest {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Uint8Array;
}

/** What the engine hands to a plugin that speaks to a service. */
export interface ServiceContext {
  http: HttpPort;
  /** Milliseconds since 1970. */
  now(): number;
}

/** A secret, read at each use: one that was renewed is taken up. */
export type ReadSecret = () => Promise<string>;
