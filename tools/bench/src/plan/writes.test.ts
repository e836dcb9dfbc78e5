import { expect, it } from 'vitest';
import { writesBetween, writesIn } from './writes.ts';

function line(labels: Record<string, string>, count: number): string {
  const text = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return `apiserver_request_total{${text.join(',')}} ${count}`;
}

it('counts what was written, whatever its code and scope, and no dry runs, reads, or writes of controllers', () => {
  const metrics = [
    '# TYPE apiserver_request_total counter',
    line({ code: '200', dry_run: '', resource: 'virtualservices', verb: 'APPLY' }, 3),
    line({ code: '201', dry_run: '', resource: 'virtualservices', verb: 'APPLY' }, 1_000),
    line({ code: '200', dry_run: 'All', resource: 'virtualservices', verb: 'APPLY' }, 9),
    line({ code: '200', dry_run: '', resource: 'virtualservices', verb: 'LIST' }, 9),
    line({ code: '200', dry_run: '', resource: 'leases', verb: 'PUT' }, 9),
    line({ code: '201', dry_run: '', resource: 'selfsubjectaccessreviews', verb: 'POST' }, 9),
    line(
      { code: '200', dry_run: '', resource: 'horizontalpodautoscalers', subresource: 'status', verb: 'PUT' },
      9,
    ),
    line({ code: '201', dry_run: '', resource: 'serviceaccounts', subresource: 'token', verb: 'POST' }, 9),
    line({ code: '200', dry_run: '', resource: 'configmaps', subresource: '', verb: 'PATCH' }, 2e6),
    'apiserver_request_total_other{verb="APPLY",resource="pods"} 1',
  ].join('\n');
  expect(Object.fromEntries(writesIn(metrics))).toEqual({
    'APPLY virtualservices': 1_003,
    'PATCH configmaps': 2e6,
  });
});

it('tells what grew, and what is new', () => {
  const before = new Map([
    ['PUT a', 1],
    ['PUT b', 2],
  ]);
  const after = new Map([
    ['PUT a', 1],
    ['PUT b', 5],
    ['PUT c', 1],
  ]);
  expect(writesBetween(before, after)).toEqual({ 'PUT b': 3, 'PUT c': 1 });
});
