import { homedir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { cacheDirectory, requireTestbedName, stateRoot } from './paths.ts';

describe('where files lie', () => {
  it('is what Meshwright is told', () => {
    const environment = {
      MESHWRIGHT_CACHE: '/a',
      MESHWRIGHT_STATE: '/b',
      XDG_CACHE_HOME: '/c',
      XDG_STATE_HOME: '/d',
    };
    expect([cacheDirectory(environment), stateRoot(environment)]).toEqual(['/a', '/b']);
  });

  it('is otherwise in the directories of the XDG specification', () => {
    const environment = { XDG_CACHE_HOME: '/c', XDG_STATE_HOME: '/d' };
    expect([cacheDirectory(environment), stateRoot(environment)]).toEqual(['/c/meshwright', '/d/meshwright']);
    expect(cacheDirectory({})).toBe(join(homedir(), '.cache', 'meshwright'));
    expect(stateRoot({ MESHWRIGHT_STATE: '' })).toBe(join(homedir(), '.local', 'state', 'meshwright'));
  });
});

describe('the name of a testbed', () => {
  it.each(['a', 'test-1', 'x'.repeat(40)])('may be %s', (name) => {
    expect(requireTestbedName(name)).toBe(name);
  });

  it.each(['', '..', 'a/b', '-a', 'a-', 'A', '.locks', 'x'.repeat(41)])('may not be "%s"', (name) => {
    expect(() => requireTestbedName(name)).toThrow('cannot be the name of a testbed');
  });
});
