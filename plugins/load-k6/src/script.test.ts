import { Arrivals, LoadProtocol, type LoadRequest } from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filesFor, scriptName } from './script.ts';

const asked: LoadRequest = {
  endpoint: { protocol: LoadProtocol.http1, address: 'http://127.0.0.1:8080/' },
  rate: 200,
  connections: 8,
  warmUpSeconds: 5,
  seconds: 20,
  arrivals: Arrivals.uniform,
  timeoutSeconds: 2,
  seed: 1,
};

describe('the files of a trial', () => {
  it('hold what is asked for as data, and never in the code', () => {
    const usual = filesFor(asked, '1.8.1');
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (address, value, body) => {
        const endpoint = { ...asked.endpoint, address, headers: { 'x-any': value }, body };
        const files = filesFor({ ...asked, endpoint }, '1.8.1');
        expect(files[scriptName]).toBe(usual[scriptName]);
        expect(JSON.parse(files['trial.json'] ?? '')).toMatchObject({ request: { endpoint } });
      }),
    );
  });

  it('ask for a constant rate of arrivals with a virtual user for each connection', () => {
    const script = filesFor(asked, '1.8.1')[scriptName];
    expect(script).toContain("executor: 'constant-arrival-rate'");
    expect(script).toContain('maxVUs: connections');
    expect(script).toContain('redirects: 0');
  });
});
