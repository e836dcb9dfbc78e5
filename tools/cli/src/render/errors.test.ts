import { MeshwrightError } from '@meshwright/model';
import { expect, it } from 'vitest';
import { errorToJson, renderDiagnostic, renderError } from './errors.ts';
import { createStyle, wantsColor } from './style.ts';

const plain = createStyle(false);

it('prints an error with where, its lines and the remedy', () => {
  const details = { where: 'cluster local', lines: ['a', 'b\u001b'], remedy: 'Start it.' };
  const error = new MeshwrightError('CLUSTER_UNREACHABLE', 'It is gone.', details);
  expect(renderError(error, plain)).toEqual([
    'error: It is gone.',
    '  where: cluster local',
    '  a',
    '  b\\e',
    'remedy: Start it.',
  ]);
  expect(errorToJson(error)).toEqual({
    error: { code: 'CLUSTER_UNREACHABLE', message: 'It is gone.', ...details },
  });
});

it('prints a diagnostic as compilers do', () => {
  const diagnostic = {
    code: 'UNKNOWN_FIELD',
    severity: 'error' as const,
    message: 'Unknown field "targetz\u001b".',
    file: 'patterns/a.yaml',
    line: 6,
    column: 3,
    source: '  targetz: []',
    suggestion: 'Did you mean "targets"?',
  };
  expect(renderDiagnostic(diagnostic, plain)).toEqual([
    'patterns/a.yaml:6:3: error: Unknown field "targetz\\e". [UNKNOWN_FIELD]',
    '    targetz: []',
    '    ^',
    '  Did you mean "targets"?',
  ]);
});

it('colours only where it is wanted', () => {
  expect(wantsColor({ flag: true, isTerminal: true, env: {} })).toBe(true);
  expect(wantsColor({ flag: true, isTerminal: false, env: {} })).toBe(false);
  expect(wantsColor({ flag: false, isTerminal: true, env: {} })).toBe(false);
  expect(wantsColor({ flag: true, isTerminal: true, env: { NO_COLOR: '1' } })).toBe(false);
  expect(wantsColor({ flag: true, isTerminal: true, env: { NO_COLOR: '' } })).toBe(true);
  expect(wantsColor({ flag: true, isTerminal: false, env: { FORCE_COLOR: '1' } })).toBe(true);
  expect(wantsColor({ flag: true, isTerminal: true, env: { TERM: 'dumb' } })).toBe(false);
});
