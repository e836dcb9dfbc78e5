import { expect, it } from 'vitest';
import { unknownChart, unknownComponents } from './unknown-names.ts';

const names = {
  mesh: 'Mesh',
  known: ['cni', 'gateway'],
  otherNames: { ingress: 'gateway', crds: 'base' },
};

it('suggests the component that is meant, else all there are', () => {
  const suggestions = unknownComponents(['cni', 'ingress', 'crds', 'constructor'], names).map(
    ({ message, suggestion }) => `${message} ${suggestion ?? ''}`,
  );
  expect(suggestions).toEqual([
    'Mesh has no component "ingress". Did you mean "gateway"?',
    'Mesh has no component "crds". There are cni, gateway.',
    'Mesh has no component "constructor". There are cni, gateway.',
  ]);
});

it('names the field of a chart that is not there', () => {
  expect(unknownChart('ingress', names)).toEqual({
    field: 'mesh.values.ingress',
    message: 'Mesh has no chart "ingress".',
    suggestion: 'Did you mean "gateway"?',
  });
  expect(unknownChart('other', names).suggestion).toBe('Charts are cni, gateway.');
});
