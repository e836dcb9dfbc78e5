import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { readProfile } from '@meshwright/pattern';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCli } from '../cli.ts';
import { testHost } from '../test-support/host.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'meshwright-smp-'));
});
afterEach(() => rm(directory, { recursive: true }));

const test = `smp_version: v0.6.1
name: cart
duration: 20s
clients:
  - { load_generator: builtin, protocol: 1, connections: 8, rps: 200, endpoint_urls: [http://cart:8080/add] }
`;

async function run(words: readonly string[], text?: string, input = '') {
  if (text !== undefined) await writeFile(join(directory, 'given.yaml'), text);
  const host = testHost({ cwd: directory, stdin: () => Readable.from([Buffer.from(input)]) });
  const code = await runCli(['smp', ...words], host);
  return { code, out: host.out(), err: host.err() };
}

it('imports a test as a profile that is valid, and exports it as the same test', async () => {
  const imported = await run(['import', 'given.yaml'], test);
  expect(imported).toMatchObject({ code: 0, err: '' });
  expect(readProfile(imported.out, 'p.yaml', 100_000)).toMatchObject({ name: 'cart', diagnostics: [] });
  const exported = await run(['export', '-'], undefined, imported.out);
  expect(exported.code).toBe(0);
  expect(exported.err).toContain('note: spec.load.warmUp: SMP has no warm-up (5s)');
  expect((await run(['import', 'given.yaml'], exported.out)).out).toBe(imported.out);
});

it('exports the example, as YAML and as JSON', async () => {
  const example = await readFile(
    new URL('../../../../examples/performance/checkout.yaml', import.meta.url),
    'utf8',
  );
  const yaml = await run(['export', 'given.yaml'], example);
  expect(yaml.out).toMatch(/^smp_version: v0\.6\.1\nname: checkout\n/);
  const json = await run(['export', 'given.yaml', '--json'], example);
  expect(JSON.parse(json.out)).toMatchObject({ name: 'checkout', clients: [{ protocol: 1, rps: 200 }] });
});

it('imports clients of different loads as profiles of their own', async () => {
  const two = `${test}  - { protocol: 1, connections: 8, rps: 100, endpoint_urls: [http://cart:8080/list] }\n`;
  const { code, out, err } = await run(['import', 'given.yaml'], two);
  expect(code).toBe(0);
  expect(out.match(/^ {2}name: .*/gm)).toEqual(['  name: cart', '  name: cart-2']);
  expect(out).toContain('\n---\n');
  expect(err).toContain('note: clients: the clients ask for 2 kinds of load');
  expect(JSON.parse((await run(['import', 'given.yaml', '--json'])).out)).toHaveLength(2);
});

it('refuses a test that is none, with its place', async () => {
  const { code, out, err } = await run(['import', 'given.yaml'], test.replace('name: cart', 'nmae: cart'));
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('given.yaml:2:1: error: nmae is not a known field [unknown-field]');
});

it('refuses a test whose profile would be refused, and prints nothing', async () => {
  const { code, out, err } = await run(['import', 'given.yaml'], test.replace('http://cart', 'cart'));
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('given.yaml: error: as a profile, spec.endpoints[0].address must be a web address');
});

it('refuses a test without a fixed rate', async () => {
  const { code, err } = await run(['import', 'given.yaml'], test.replace('rps: 200, ', ''));
  expect(code).toBe(2);
  expect(err).toContain('clients[0].rps is 0');
});

it('refuses a profile that is none, and a file that is not there', async () => {
  const wrong = await run(['export', 'given.yaml'], 'kind: Pattern\n');
  expect(wrong).toMatchObject({ code: 2, out: '' });
  expect(wrong.err).toContain('[not-a-profile]');
  expect((await run(['export', 'nowhere.yaml'])).err).toContain('nowhere.yaml cannot be read');
  expect((await run(['import', '-'], undefined, 'x'.repeat(1024 ** 2 + 1))).err).toContain(
    '- is larger than',
  );
});

it('explains both directions, with examples', async () => {
  expect((await run(['--help'])).out).toMatch(/export[^]*import[^]*Examples:/);
  expect((await run(['import', '--help'])).out).toMatch(/Examples:[^]*Exit codes:/);
});
