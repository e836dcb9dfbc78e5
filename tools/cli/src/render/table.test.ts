import { expect, it } from 'vitest';
import { createStyle } from './style.ts';
import { renderTable } from './table.ts';
import { widthOf } from '@meshwright/wording';

const columns = [{ title: 'NAME', flexible: true }, { title: 'PHASE' }];

it('aligns columns by their widest cell', () => {
  const rows = [
    [{ text: 'a' }, { text: 'changing' }],
    [{ text: '変更' }, { text: 'failed' }],
  ];
  expect(renderTable(columns, rows, { width: 80, style: createStyle(false) })).toEqual([
    'NAME  PHASE',
    'a     changing',
    '変更  failed',
  ]);
});

it('cuts the flexible column when the screen is narrow', () => {
  const rows = [[{ text: 'a-name-that-is-much-too-long' }, { text: 'changing' }]];
  const lines = renderTable(columns, rows, { width: 24, style: createStyle(false) });
  expect(lines[1]).toBe('a-name-that-i…  changing');
  expect(lines.every((line) => widthOf(line) <= 24)).toBe(true);
});

it('cuts the line when even that is too wide', () => {
  const rows = [[{ text: 'a-name-that-is-much-too-long' }, { text: 'changing' }]];
  const lines = renderTable(columns, rows, { width: 14, style: createStyle(false) });
  expect(lines).toEqual(['NAME      PHA…', 'a-name-…  cha…']);
});

it('paints after padding, so that codes do not shift columns', () => {
  const rows = [[{ text: 'a', paint: createStyle(true).red }, { text: 'b' }]];
  expect(renderTable(columns, rows, { width: 80, style: createStyle(false) })[1]).toBe(
    '\u001b[31ma\u001b[39m     b',
  );
});
