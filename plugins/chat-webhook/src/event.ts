import type { Notice } from '@meshwright/model';
import { idOf, momentOf, shown, webAddress } from '@meshwright/plugin-sdk';

/** A CloudEvent that tells how a rollout stands (CloudEvents 1.0, structured content mode, JSON). */
export interface NoticeEvent {
  specversion: '1.0';
  /** With `source` the same for the same event, also when it is sent again. */
  id: string;
  source: string;
  /** `dev.meshwright.rollout.` and the phase. */
  type: string;
  subject: string;
  time: string;
  datacontenttype: 'application/json';
  /** The channel of the configuration (an extension attribute): what a receiver may route by. */
  channel: string;
  data: Notice;
}

/** How much of a notice is sent: receivers take no body of any size. */
const sizes = [
  { list: 200, text: 1_000 },
  { list: 50, text: 500 },
  { list: 10, text: 300 },
  { list: 3, text: 150 },
];
const mostCharacters = 200_000;

/**
 * A notice as an event. Its texts are without what looks like a secret and without characters that act; they are texts and not
 * markup: whoever shows them escapes them. Addresses are of the web, or missing.
 */
export function eventOf(
  notice: Notice,
  { service, channel }: { service: string; channel: string },
): NoticeEvent {
  const data = dataOf(notice);
  return {
    specversion: '1.0',
    id: idOf(data),
    source: `/meshwright/${encodeURIComponent(service)}`,
    type: `dev.meshwright.rollout.${notice.phase}`,
    subject: shown(notice.rollout, 300),
    time: new Date(momentOf(notice)).toISOString(),
    datacontenttype: 'application/json',
    channel,
    data,
  };
}

function dataOf(notice: Notice): Notice {
  let data = notice;
  for (const size of sizes) {
    data = withWebAddresses(bounded(notice, size) as Notice);
    if (JSON.stringify(data).length <= mostCharacters) break;
  }
  return data;
}

/** The same with shorter texts and lists; the newest of progress is kept. */
function bounded(value: unknown, size: { list: number; text: number }, key = ''): unknown {
  if (typeof value === 'string') return shown(value, size.text);
  if (Array.isArray(value)) {
    const kept = key === 'progress' ? value.slice(-size.list) : value.slice(0, size.list);
    return kept.map((one) => bounded(one, size));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, bounded(inner, size, name)]));
}

function withWebAddresses(notice: Notice): Notice {
  const { url, ...commit } = notice.commit;
  const address = url === undefined ? undefined : webAddress(url);
  const links = notice.links.flatMap(({ label, url: given }) => {
    const link = webAddress(given);
    return link === undefined ? [] : [{ label, url: link }];
  });
  return { ...notice, commit: address === undefined ? commit : { ...commit, url: address }, links };
}
