const pairs = /^[^=;\s]+=[^;\s]*(?:; [^=;\s]+=[^;\s]*)*$/;
const dangerous: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** Cookies as the header that carries them (RFC 6265, 4.2.1). */
export function cookieHeader(cookies: Readonly<Record<string, string>>): string {
  return Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
}

/** The cookies of a header; undefined when they would not give the same header again. */
export function parseCookies(header: string): Record<string, string> | undefined {
  if (!pairs.test(header)) return undefined;
  const cookies: Record<string, string> = {};
  for (const pair of header.split('; ')) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    if (dangerous.includes(name)) return undefined;
    cookies[name] = pair.slice(at + 1);
  }
  return cookieHeader(cookies) === header ? cookies : undefined;
}
