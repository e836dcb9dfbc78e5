import { MeshwrightError } from '@meshwright/model';
import type { ForgeSettings, HttpRequest, HttpResponse, ServiceContext } from '@meshwright/plugin-sdk';
import type { z } from 'zod';
import { refusalOf } from './refusal.ts';

/** What is asked of Gitea's API. */
export interface ApiRequest {
  method: HttpRequest['method'];
  /** Below `/api/v1`, with its leading slash; what comes from elsewhere is encoded. */
  path: string;
  body?: object;
}

/** Gitea's REST API in the name of a token. Every member throws SERVICE_UNREACHABLE or SERVICE_REFUSED. */
export interface GiteaApi {
  /** The answer, whatever its status; server errors and refused tokens are thrown. */
  ask(request: ApiRequest): Promise<HttpResponse>;
  send<Shape extends z.ZodType>(request: ApiRequest, shape: Shape): Promise<z.infer<Shape>>;
  get<Shape extends z.ZodType>(path: string, shape: Shape): Promise<z.infer<Shape>>;
  /** As `get`, and undefined where there is nothing of the kind. */
  find<Shape extends z.ZodType>(path: string, shape: Shape): Promise<z.infer<Shape> | undefined>;
  /** The entries of a list, page after page as they are asked for. */
  pages<Shape extends z.ZodType>(path: string, shape: Shape): AsyncGenerator<z.infer<Shape>[]>;
}

/** Entries asked for at once; a server gives fewer where it is set to. */
const pageSize = 50;
/** A list that is longer than this many pages is not a list of people or pull requests. */
const mostPages = 1000;

export function openApi({ url, credential }: ForgeSettings, { http }: ServiceContext): GiteaApi {
  async function ask({ method, path, body }: ApiRequest): Promise<HttpResponse> {
    const response = await http.send({
      method,
      url: `${url}/api/v1${path}`,
      headers: {
        accept: 'application/json',
        authorization: `token ${await readToken(credential)}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.status === 401 || response.status === 429 || response.status >= 500)
      throw refusalOf({ method, path }, response);
    return response;
  }

  async function send<Shape extends z.ZodType>(request: ApiRequest, shape: Shape): Promise<z.infer<Shape>> {
    const response = await ask(request);
    if (response.status < 200 || response.status > 299) throw refusalOf(request, response);
    return parse(request, response.body, shape);
  }

  async function find<Shape extends z.ZodType>(
    path: string,
    shape: Shape,
  ): Promise<z.infer<Shape> | undefined> {
    const request = { method: 'GET', path } as const;
    const response = await ask(request);
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw refusalOf(request, response);
    return parse(request, response.body, shape);
  }

  async function* pages<Shape extends z.ZodType>(
    path: string,
    shape: Shape,
  ): AsyncGenerator<z.infer<Shape>[]> {
    const joint = path.includes('?') ? '&' : '?';
    let seen = 0;
    for (let page = 1; page <= mostPages; page += 1) {
      const request = { method: 'GET', path: `${path}${joint}page=${page}&limit=${pageSize}` } as const;
      const response = await ask(request);
      if (response.status !== 200) throw refusalOf(request, response);
      const entries = parse(request, response.body, shape.array());
      if (entries.length === 0) return;
      yield entries;
      seen += entries.length;
      if (isLast(response, seen)) return;
    }
  }

  return { ask, send, find, pages, get: (path, shape) => send({ method: 'GET', path }, shape) };
}

async function readToken(credential: ForgeSettings['credential']): Promise<string> {
  if (credential.kind === 'token') return credential.token();
  throw new MeshwrightError('INVALID_INPUT', 'Gitea knows tokens, and no apps', {
    remedy: 'Give the forge a token of the account that Meshwright uses.',
  });
}

/** Some lists have links to what follows (RFC 8288), some tell how long they are, and some neither. */
function isLast({ headers }: HttpResponse, seen: number): boolean {
  const { link } = headers;
  if (link !== undefined) return !/;\s*rel="?next"?/i.test(link);
  const total = headers['x-total-count'];
  return total !== undefined && seen >= Number(total);
}

function parse<Shape extends z.ZodType>(request: ApiRequest, body: string, shape: Shape): z.infer<Shape> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw strangeAnswer(request, 'it is no JSON');
  }
  const read = shape.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw strangeAnswer(request, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as expected'}`);
}

function strangeAnswer({ method, path }: ApiRequest, why: string): MeshwrightError {
  return new MeshwrightError(
    'SERVICE_REFUSED',
    `what answers ${method} ${path} does not speak as Gitea does: ${why}`,
    {
      remedy: 'Check the address of the forge: it is where Gitea’s start page is, without /api.',
    },
  );
}
