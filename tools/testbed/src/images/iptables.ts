import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';

import type { ImageEntry } from './image.ts';
import { sharedLibraries } from './libraries.ts';

const MULTI_CALL = ['/usr/sbin/xtables-nft-multi', '/usr/sbin/xtables-legacy-multi'] as const;
const VARIANTS = ['', '-save', '-restore'] as const;

/**
 * iptables as the Debian package lays it out: the two multi-call binaries, their libraries and extensions, and the
 * command names, of which the plain ones mean the nft backend. Istio's init container redirects a pod's traffic with it.
 */
export async function iptablesEntries(): Promise<ImageEntry[]> {
  const [nft, legacy] = MULTI_CALL;
  const extensions = await extensionFiles(nft);
  const entries: ImageEntry[] = [
    ...MULTI_CALL.map((path): ImageEntry => ({ kind: 'file', path, source: path })),
    ...(await sharedLibraries(MULTI_CALL)),
    ...extensions,
  ];
  for (const family of ['iptables', 'ip6tables']) {
    for (const variant of VARIANTS) {
      entries.push({ kind: 'link', path: `/usr/sbin/${family}${variant}`, target: nft });
      entries.push({ kind: 'link', path: `/usr/sbin/${family}-nft${variant}`, target: nft });
      entries.push({ kind: 'link', path: `/usr/sbin/${family}-legacy${variant}`, target: legacy });
    }
  }
  return entries;
}

/** Extensions are loaded by name at run time, so `ldd` does not know them; they lie beside the C library. */
async function extensionFiles(binary: string): Promise<ImageEntry[]> {
  const libraries = await sharedLibraries([binary]);
  const xtables = libraries.find((library) => library.path.includes('/libxtables.so'));
  if (xtables === undefined)
    throw new Error(`${binary} does not link libxtables; iptables of an unknown build`);
  const directory = join(await realpath(join(xtables.path, '..')), 'xtables');
  const names = await readdir(directory);
  return names
    .filter((name) => name.endsWith('.so'))
    .map((name) => ({
      kind: 'file',
      path: join(directory, name),
      source: join(directory, name),
      mode: 0o644,
    }));
}
