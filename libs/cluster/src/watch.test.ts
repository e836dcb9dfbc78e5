import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeApi, sendJson } from './test-support/fake-api.ts';
import { linesOf, observe, type Observation } from './watch.ts';

const query = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'ns' };

function event(type: string, name: string, resourceVersion: string): string {
  return `${JSON.stringify({ type, object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, resourceVersion } } })}\n`;
}

function summary(observation: Observation): string {
  if (observation.type === 'snapshot') return `snapshot of ${observation.objects.length}`;
  return 'object' in observation
    ? `${observation.type} ${observation.object.metadata.name}`
    : observation.type;
}

describe('observe', () => {
  it('lists again when its place in history is gone, said at the opening or in the stream', async () => {
    const watched: string[] = [];
    let lists = 0;
    const client = await fakeApi((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://x');
      if (searchParams.get('watch') === null) {
        lists += 1;
        sendJson(response, 200, { metadata: { resourceVersion: String(lists * 10) }, items: [] });
        return;
      }
      watched.push(searchParams.get('resourceVersion') ?? '');
      if (watched.length === 1) sendJson(response, 410, { code: 410, reason: 'Expired' });
      else if (watched.length === 2)
        response.end(`${JSON.stringify({ type: 'ERROR', object: { code: 410 } })}\n`);
      else response.write(event('ADDED', 'a', '31'));
    });
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const observation of observe(client, query, stop.signal)) {
      seen.push(summary(observation));
      if (observation.type === 'changed') stop.abort();
    }
    expect(seen.filter((each) => each !== 'resumed')).toEqual([
      'snapshot of 0',
      'snapshot of 0',
      'snapshot of 0',
      'changed a',
    ]);
    expect(watched).toEqual(['10', '20', '30']);
  });

  it('opens a broken watch again where it ended, bookmarks counted', async () => {
    const watched: string[] = [];
    const client = await fakeApi((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://x');
      if (searchParams.get('watch') === null) {
        sendJson(response, 200, { metadata: { resourceVersion: '1' }, items: [] });
        return;
      }
      watched.push(searchParams.get('resourceVersion') ?? '');
      if (watched.length === 1) {
        response.write(event('ADDED', 'a', '2') + event('BOOKMARK', '', '9') + '{"type":"ADD', () => {
          request.socket.destroy();
        });
      } else response.write(event('DELETED', 'a', '10'));
    });
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const observation of observe(client, query, stop.signal)) {
      seen.push(summary(observation));
      if (observation.type === 'deleted') stop.abort();
    }
    expect(seen).toEqual(['snapshot of 0', 'changed a', 'interrupted', 'resumed', 'deleted a']);
    expect(watched).toEqual(['1', '9']);
  });

  it.each([429, 500, 503])('waits when the server answers %i instead of giving up', async (status) => {
    let watches = 0;
    const client = await fakeApi((request, response) => {
      const watching = (request.url ?? '').includes('watch=true');
      if (!watching) sendJson(response, 200, { metadata: { resourceVersion: '1' }, items: [] });
      else if (++watches === 1) sendJson(response, status, { code: status });
      else response.write(event('ADDED', 'a', '2'));
    });
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const observation of observe(client, query, stop.signal)) {
      seen.push(summary(observation));
      if (observation.type === 'changed') stop.abort();
    }
    expect(seen).toEqual(['snapshot of 0', 'interrupted', 'resumed', 'changed a']);
  });

  it('ends with an error that waiting cannot mend', async () => {
    const client = await fakeApi((_request, response) =>
      sendJson(response, 403, {
        reason: 'Forbidden',
        message: 'User "u" cannot list resource "configmaps" in API group ""',
      }),
    );
    const first = observe(client, query, new AbortController().signal).next();
    await expect(first).rejects.toMatchObject({ code: 'CLUSTER_UNAUTHORIZED' });
  });
});

describe('linesOf', () => {
  it('gives the same lines however the bytes arrive', async () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' ').trim());
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat(20)), async (lines, cuts) => {
        const expected = lines.filter((each) => each !== '');
        const bytes = Buffer.from(lines.map((each) => `${each}\n`).join(''));
        const given = await collect(linesOf(inPieces(bytes, cuts)));
        expect(given).toEqual(expected);
      }),
    );
  });

  it('drops a line that was cut off', async () => {
    expect(await collect(linesOf(inPieces(Buffer.from('one\ntw'), [])))).toEqual(['one']);
  });
});

async function* inPieces(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const length of cuts) {
    yield await Promise.resolve(bytes.subarray(start, start + length));
    start += length;
  }
  yield bytes.subarray(start);
}

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const collected: string[] = [];
  for await (const line of lines) collected.push(line);
  return collected;
}
