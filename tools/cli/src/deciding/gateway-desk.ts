import { randomUUID } from 'node:crypto';
import { openHttp } from '@meshwright/http';
import { MeshwrightError } from '@meshwright/model';
import { errorOf, openGates, type RolloutReport, type WaitingGate } from '@meshwright/rollouts';
import { z } from 'zod';
import { type Desk, isOtherWorkflow, type Seen } from './desk.ts';

/** The parts of an answer that everything here relies on; others may come with any release. */
const gateShape = z.looseObject({
  kind: z.enum(['rollout', 'policy-change', 'pull-request']),
  workflow: z.string(),
  run: z.string(),
  repository: z.string(),
  about: z.string(),
  approval: z.looseObject({
    gate: z.string(),
    title: z.string(),
    run: z.string(),
    subject: z.string(),
    approvers: z.array(z.string()),
    quorum: z.number(),
    requiredGroups: z.array(z.string()),
    openedAt: z.number(),
    expiresAt: z.number(),
    decisions: z.array(z.looseObject({ decision: z.string(), person: z.string(), at: z.number() })),
  }),
});
const listShape = z.looseObject({ approvals: z.array(gateShape) });
const reportShape = z.looseObject({
  record: z.looseObject({ rollout: z.string(), runId: z.string() }),
  status: z.looseObject({ phase: z.string(), targets: z.array(z.looseObject({})) }).optional(),
});
const refusalShape = z.looseObject({
  code: z.string(),
  message: z.string(),
  remedy: z.string().optional(),
  lines: z.array(z.string()).optional(),
});

const mostWaiting = 200;

/**
 * Decides through a gateway, which knows by the token who asks. Nothing is contacted yet.
 * @throws MeshwrightError INVALID_INPUT when there is no token, or the address would show it to others.
 */
export function openGatewayDesk(address: string, token: string | undefined): Desk {
  const api = openApi(address, token);
  const list = async (query: string): Promise<WaitingGate[]> => {
    const { approvals } = await api.ask(listShape, 'GET', `/approvals?${query}`);
    return approvals as unknown as WaitingGate[];
  };
  return {
    who: `whoever the token belongs to (${api.origin} knows)`,
    signature: `through ${api.origin}, which knows by whom`,
    list({ repository, limit }) {
      const filter = repository === undefined ? {} : { repository };
      return list(String(new URLSearchParams({ limit: String(Math.min(limit, mostWaiting)), ...filter })));
    },
    async look(name) {
      if (!isOtherWorkflow(name)) return lookAtRollout(api, name);
      const gates = (await list(`limit=${mostWaiting}`)).filter(({ workflow }) => workflow === name);
      return { workflow: name, gates, rollouts: [] };
    },
    decide({ workflow, approval }, { decision, reason }) {
      const { run, gate, subject } = approval;
      const body = { run, gate, subject, decision, ...(reason === undefined ? {} : { reason }) };
      return api.ask(z.looseObject({}), 'POST', `/rollouts/${encodeURIComponent(workflow)}/decisions`, body);
    },
    close: () => api.close(),
  };
}

async function lookAtRollout(api: Api, name: string): Promise<Seen> {
  const read = await api.ask(reportShape, 'GET', `/rollouts/${encodeURIComponent(name)}`);
  const report = read as unknown as RolloutReport;
  const { record, status } = report;
  const { rollout: workflow, runId: run } = record;
  if (status === undefined) {
    throw new MeshwrightError('NOT_READY', `Nobody answers for ${workflow}, so its plan is not known.`);
  }
  const gates = openGates({ kind: 'rollout', status }, { kind: 'rollout', workflow, run });
  return { workflow, gates, report, rollouts: [status], phase: status.phase };
}

interface Api {
  origin: string;
  ask<S extends z.ZodType>(
    shape: S,
    method: 'GET' | 'POST',
    path: string,
    body?: object,
  ): Promise<z.output<S>>;
  close(): Promise<void>;
}

function openApi(address: string, token: string | undefined): Api {
  const base = requireAddress(address);
  if (token === undefined || token === '') {
    throw new MeshwrightError('INVALID_INPUT', 'The gateway asks who you are, and there is no token.', {
      remedy: 'Put your token into the environment variable MESHWRIGHT_TOKEN.',
    });
  }
  const http = openHttp();
  return {
    origin: base.origin,
    async ask(shape, method, path, body) {
      const { status, body: text } = await http.send({
        method,
        url: `${base.href.replace(/\/+$/, '')}/api/v1${path}`,
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          // The same decision, sent again because its answer was lost, is taken once.
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const value = parsed(text);
      if (status < 200 || status > 299) throw refusalOf(status, value, base.origin);
      const answer = shape.safeParse(value);
      if (answer.success) return answer.data;
      throw new MeshwrightError(
        'SERVICE_REFUSED',
        `${base.origin} did not answer as the gateway of this release does.`,
        {
          remedy: 'Check --gateway, and that the gateway and this command are of one release.',
        },
      );
    },
    close: () => http.close(),
  };
}

/** A token goes over TLS, or does not leave this machine. */
function requireAddress(address: string): URL {
  const url = URL.parse(address);
  const isLocal = url !== null && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal);
  if (url !== null && isSafe && url.username === '' && url.password === '' && url.search === '') return url;
  throw new MeshwrightError('INVALID_INPUT', 'The address of the gateway cannot be used.', {
    remedy:
      'Write it like https://meshwright.example.com; http:// only on this machine, and no credentials in it.',
  });
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusalOf(status: number, body: unknown, origin: string): MeshwrightError {
  if (status === 401) {
    return new MeshwrightError('UNAUTHENTICATED', `${origin} does not believe the token.`, {
      remedy: 'Put a token that it knows, and that has not expired, into MESHWRIGHT_TOKEN.',
    });
  }
  const refusal = refusalShape.safeParse(body);
  if (!refusal.success)
    return new MeshwrightError('SERVICE_REFUSED', `${origin} answered with status ${status}.`);
  const { code, message, remedy, lines } = refusal.data;
  return errorOf({
    code,
    message,
    ...(remedy === undefined ? {} : { remedy }),
    ...(lines === undefined ? {} : { lines }),
  });
}
