import { expect, test } from 'vitest';

import type { ProcessGroup } from '../processes/process-group.ts';
import { openHousing } from './housing.ts';

const untouched: ProcessGroup = {
  start: () => Promise.reject(new Error('something was started')),
  stop: () => Promise.reject(new Error('something was stopped')),
  stopAll: () => Promise.reject(new Error('something was stopped')),
  list: () => Promise.resolve([]),
  logPath: (name) => name,
};

test.each(['/run/user/0/testbeds/node', '/var/log/testbeds/node', `/var/tmp/${'deep/'.repeat(15)}node`])(
  'a node in %s is refused before anything is touched',
  async (directory) => {
    await expect(openHousing(directory, '/pause', untouched)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  },
);
