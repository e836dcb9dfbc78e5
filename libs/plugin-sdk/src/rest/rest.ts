import { MeshwrightError } from '@meshwright/model';
import type { z } from 'zod';
import type { HttpPort, HttpRequest, HttpResponse } from '../http.ts';
import { isLimited, refusalOf } from './refusal.ts';

/** What is asked of an API. */
export interface RestRequest {
  method: HttpRequest['method'];
  /** Below the API's address, with its leading slash; what comes from elsewhere is encoded. */
  path: string;
  /** Sent as JSON. */
  body?: object;
}

/** How one service's API is spoken to. */
export interface RestOptions {
  /** Its name, in words: `GitHub`. */
  service: string;
  /** The address of the API, without a slash at the end. */
  base: string;
  http: HttpPort;
  /** Those that say who asks, for each request. */
  headers: () => Promise<Readonly<Record<string, string>>>;
  /** Called when the service does not know who asks; gives whether it is worth asking once more. */
  renew?: () => boolean;
  /** The query of one page of a list, from 1. */
  pageQuery: (page: number) => string;
  /** How many entries a full page has, where a page with fewer is the last one. */
  pageSize?: number;
  /** What to do about a refusal. */
  remedyFor: (status: number, said: string) => string | undefined;
}

/** An API that speaks JSON. Every member throws SERVICE_UNREACHABLE or SERVICE_REFUSED. */
export interface RestApi {
  /** The answer; a refused identity, too many requests and failures of the service are thrown. */
  ask(request: RestRequest): Promise<HttpResponse>;
  send<Shape extends z.ZodType>(request: RestRequest, shape: Shape): Promise<z.infer<Shape>>;
  get<Shape extends z.ZodType>(path: string, shape: Shape): Promise<z.infer<Shape>>;
  /** As `get`, and undefined where there is nothing of the kind: 404, or one of the other answers that mean it. */
  find<Shape extends z.ZodType>(
    path: string,
    shape: Shape,
    others?: readonly number[],
  ): Promise<z.infer<Shape> | undefined>;
  /** The entries of a list, page after page as they are asked for. */
  pages<Shape extends z.ZodType>(path: string, shape: Shape): AsyncGenerator<z.infer<Shape>[]>;
  /** What an answer says, in its shape. */
  read<Shape extends z.ZodType>(request: RestRequest, response: HttpResponse, shape: Shape): z.infer<Shape>;
  /** The error that an answer is. */
  refusal(request: RestRequest, response: HttpResponse): MeshwrightError;
}

/** A list with more pages than this is no list of people, comments or pull requests. */
const mostPages = 1_000;

/** Opens an API; nothing is sent yet. */
export function openRest(options: RestOptions): RestApi {
  const refusal: RestApi['refusal'] = (request, response) =>
    refusalOf(options.service, request, response, options.remedyFor);

  async function ask(request: RestRequest): Promise<HttpResponse> {
    let response = await sendOnce(options, request);
    if (response.status === 401 && options.renew?.() === true) response = await sendOnce(options, request);
    if (response.status === 401 || isLimited(response) || response.status >= 500)
      throw refusal(request, response);
    return response;
  }

  async function send<Shape extends z.ZodType>(request: RestRequest, shape: Shape): Promise<z.infer<Shape>> {
    const response = await ask(request);
    if (response.status < 200 || response.status > 299) throw refusal(request, response);
    return parse(options, request, response.body, shape);
  }

  async function find<Shape extends z.ZodType>(
    path: string,
    shape: Shape,
    others: readonly number[] = [],
  ): Promise<z.infer<Shape> | undefined> {
    const request = { method: 'GET', path } as const;
    const response = await ask(request);
    if (response.status === 404 || others.includes(response.status)) return undefined;
    if (response.status !== 200) throw refusal(request, response);
    return parse(options, request, response.body, shape);
  }

  async function* pages<Shape extends z.ZodType>(
    path: string,
    shape: Shape,
  ): AsyncGenerator<z.infer<Shape>[]> {
    let seen = 0;
    for (let page = 1; page <= mostPages; page += 1) {
      const joint = path.includes('?') ? '&' : '?';
      const request = { method: 'GET', path: `${path}${joint}${options.pageQuery(page)}` } as const;
      const response = await ask(request);
      if (response.status !== 200) throw refusal(request, response);
      const entries = parse(options, request, response.body, shape.array());
      if (entries.length > 0) yield entries;
      seen += entries.length;
      if (entries.length === 0 || isLast(options, response, entries.length, seen)) return;
    }
  }

  return {
    ask,
    send,
    find,
    pages,
    refusal,
    read: (request, response, shape) => parse(options, request, response.body, shape),
    get: (path, shape) => send({ method: 'GET', path }, shape),
  };
}

async function sendOnce(
  { http, base, headers }: RestOptions,
  { method, path, body }: RestRequest,
): Promise<HttpResponse> {
  return http.send({
    method,
    url: base + path,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(await headers()),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** Some lists have links to what follows (RFC 8288), some tell how long they are, and some neither. */
function isLast(
  { pageSize = 0 }: RestOptions,
  { headers }: HttpResponse,
  entries: number,
  seen: number,
): boolean {
  const { link } = headers;
  if (link !== undefined && link !== '') return !/;\s*rel="?next"?/i.test(link);
  const total = headers['x-total-count'] ?? headers['x-total'];
  if (total !== undefined && /^\d+$/.test(total)) return seen >= Number(total);
  return entries < pageSize;
}

function parse<Shape extends z.ZodType>(
  { service }: RestOptions,
  request: RestRequest,
  body: string,
  shape: Shape,
): z.infer<Shape> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw strangeAnswer(service, request, 'it is no JSON');
  }
  const read = shape.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw strangeAnswer(service, request, `${issue?.path.join('.') ?? ''} is missing or of another kind`);
}

function strangeAnswer(service: string, { method, path }: RestRequest, why: string): MeshwrightError {
  return new MeshwrightError(
    'SERVICE_REFUSED',
    `What answers ${method} ${path} does not speak as ${service} does: ${why}.`,
    {
      where: service,
      remedy: `Check the url of the forge in meshwright.yaml: it is where people open ${service}, without a path of its API.`,
    },
  );
}
