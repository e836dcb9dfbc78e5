import { escapeText } from './text.ts';

/** A JSON Pointer (RFC 6901) as people write paths: `.metadata.labels["app.kubernetes.io/name"]`, `.containers[0]`. */
export function formatPath(pointer: string): string {
  const segments = pointer.split('/').slice(1);
  return segments.length === 0 ? escapeText(pointer) : escapeText(segments.map(formatSegment).join(''));
}

function formatSegment(escaped: string): string {
  const segment = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
  if (/^\d+$/.test(segment)) return `[${segment}]`;
  return /^[A-Za-z_$][\w$-]*$/.test(segment) ? `.${segment}` : `[${JSON.stringify(segment)}]`;
}
