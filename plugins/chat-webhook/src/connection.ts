import { MeshwrightError } from '@meshwright/model';
import {
  type ChatConnection,
  type ChatSettings,
  type HttpRequest,
  type HttpResponse,
  lacking,
  momentOf,
  type ServiceContext,
} from '@meshwright/plugin-sdk';
import { eventOf } from './event.ts';
import { signedHeaders } from './signature.ts';

/** One receiver of events. */
export function connect(settings: ChatSettings, context: ServiceContext): ChatConnection {
  const { service, url, channel, token } = settings;
  const send = async (request: Omit<HttpRequest, 'url'>): Promise<HttpResponse> => {
    if (url === undefined) throw lacking(settings, 'address', 'Give the address that events are posted to.');
    const authorization = token === undefined ? {} : { authorization: `Bearer ${await token()}` };
    return context.http.send({ ...request, url, headers: { ...request.headers, ...authorization } });
  };
  return {
    async check() {
      const { status } = await send({ method: 'GET' });
      if (status === 401 || status === 403 || status >= 500) throw refusal(status);
      return `something answers with ${status}; whether it takes events shows when there is one`;
    },
    async publish(notice, message) {
      const event = eventOf(notice, { service, channel });
      const moment = momentOf(notice);
      if (message !== undefined && (message.id === event.id || Number(message.at) > moment)) return message;
      const body = JSON.stringify(event);
      const signed = signedHeaders({ id: event.id, at: context.now(), body }, await settings.secret());
      const headers = { 'content-type': 'application/cloudevents+json; charset=utf-8', ...signed };
      const { status } = await send({ method: 'POST', headers, body });
      if (status < 200 || status > 299) throw refusal(status);
      return { id: event.id, at: String(moment) };
    },
    /** What has happened is in each event. */
    addProgress: () => Promise.resolve(),
    answer: () =>
      Promise.reject(new MeshwrightError('SERVICE_REFUSED', 'Nobody can act on a webhook, and be answered.')),
  };
}

const remedies: Readonly<Record<number, string>> = {
  400: 'Let the receiver take CloudEvents in structured mode (application/cloudevents+json).',
  401: 'Give the receiver the secret that events are signed with, and give its token here where it wants one.',
  403: 'Give the receiver the secret that events are signed with, and give its token here where it wants one.',
  404: 'Mend the address that events are posted to.',
  410: 'Its receiver wants no more events: remove it from meshwright.yaml.',
};

function refusal(status: number): MeshwrightError {
  const passes = status >= 500 || status === 429 || status === 408;
  const remedy = remedies[status] ?? (passes ? undefined : 'Its receiver says why in its log.');
  return new MeshwrightError(
    passes ? 'SERVICE_UNREACHABLE' : 'SERVICE_REFUSED',
    `The receiver of events answered with ${status}.`,
    remedy === undefined ? {} : { remedy },
  );
}
