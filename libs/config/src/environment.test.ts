import { formatDiagnostic } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { parseConfig } from './load.ts';
import type { Config } from './types.ts';

const path = '/etc/meshwright/meshwright.yaml';

function parse(text: string, environment: Record<string, string> = {}): Config {
  const { config, diagnostics } = parseConfig(text, path, environment);
  expect(diagnostics.map(formatDiagnostic)).toEqual([]);
  return config!;
}

describe('the environment', () => {
  it('stands before the file', () => {
    const config = parse('log: { level: warn }\ntemporal: { namespace: a }\n', {
      MESHWRIGHT_TEMPORAL_ADDRESS: 'temporal:7233',
      MESHWRIGHT_TEMPORAL_NAMESPACE: 'b',
      MESHWRIGHT_EVIDENCE_DIRECTORY: 'e',
      MESHWRIGHT_HELM: '/opt/helm',
      MESHWRIGHT_LOG_LEVEL: 'error',
      MESHWRIGHT_GATEWAY_LISTEN: '127.0.0.1:0',
      MESHWRIGHT_GATEWAY_URL: 'https://mesh.example.com',
    });
    expect(config.temporal).toEqual({ address: 'temporal:7233', namespace: 'b' });
    expect(config.evidence.directory).toBe('/etc/meshwright/e');
    expect(config.charts.helm).toBe('/opt/helm');
    expect(config.log.level).toBe('error');
    expect(config.gateway).toEqual({
      listen: { host: '127.0.0.1', port: 0 },
      url: 'https://mesh.example.com',
      tokens: [],
    });
  });

  it('is ignored where a variable is empty', () => {
    expect(parse('log: { level: warn }\n', { MESHWRIGHT_LOG_LEVEL: '' }).log.level).toBe('warn');
  });

  it.each([
    ['MESHWRIGHT_LOG_LEVEL', 'loud', 'log.level'],
    ['MESHWRIGHT_TEMPORAL_ADDRESS', 'temporal', 'temporal.address'],
    ['MESHWRIGHT_TEMPORAL_ADDRESS', 'temporal:99999', 'temporal.address'],
    ['MESHWRIGHT_TEMPORAL_NAMESPACE', 'a b', 'temporal.namespace'],
    ['MESHWRIGHT_HELM', '--version', 'charts.helm'],
  ])('is refused where %s is %j', (variable, value, field) => {
    const { diagnostics } = parseConfig('', path, { [variable]: value });
    expect(diagnostics).toMatchObject([{ code: 'invalid-override', file: variable }]);
    expect(diagnostics[0]?.message).toContain(field);
  });
});
