import { parser } from '@prometheus-io/lezer-promql';

/** Where a text is not PromQL, one line each, as Prometheus' own grammar for editors has it; empty when it is. */
export function promqlErrors(query: string): string[] {
  const errors: string[] = [];
  parser.parse(query).iterate({
    enter({ type, from, to }) {
      if (type.isError) errors.push(`${from}: ${query.slice(from, Math.max(to, from + 20))}`);
    },
  });
  return errors;
}

/** The parts of a query in their order, as the names of the grammar, strings and numbers with their text. */
export function promqlParts(query: string): string[] {
  const parts: string[] = [];
  parser.parse(query).iterate({
    enter({ name, from, to }) {
      const hasText = name === 'StringLiteral' || name === 'NumberDurationLiteral' || name === 'Identifier';
      parts.push(hasText ? `${name} ${query.slice(from, to)}` : name);
    },
  });
  return parts;
}
