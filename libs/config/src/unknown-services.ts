import { suggestName } from '@meshwright/document';
import type { z } from 'zod';
import type { ChatConfig, ForgeConfig, RepositoryConfig } from './types.ts';

/** What repositories name must be configured, and no two services may share a name: accounts are known by it. */
export function refuseUnknownServices(
  config: {
    forges: readonly ForgeConfig[];
    chats: readonly ChatConfig[];
    repositories: readonly RepositoryConfig[];
  },
  context: z.core.$RefinementCtx,
): void {
  const forges = config.forges.map(({ name }) => name);
  const chats = config.chats.map(({ name }) => name);
  for (const [index, name] of chats.entries()) {
    if (!forges.includes(name)) continue;
    context.addIssue({
      code: 'custom',
      path: ['chats', index, 'name'],
      message: 'is the name of a forge',
      params: { code: 'duplicate-entry', suggestion: 'Give one of the two another name.' },
    });
  }
  for (const [index, { forge, chats: named }] of config.repositories.entries()) {
    if (forge !== undefined) {
      refuseUnknown(forge.name, forges, ['repositories', index, 'forge'], 'forge', context);
    }
    for (const [place, chat] of named.entries()) {
      refuseUnknown(chat, chats, ['repositories', index, 'chats', place], 'chat', context);
    }
  }
}

function refuseUnknown(
  name: string,
  known: readonly string[],
  path: PropertyKey[],
  kind: 'forge' | 'chat',
  context: z.core.$RefinementCtx,
): void {
  if (known.includes(name)) return;
  context.addIssue({
    code: 'custom',
    path,
    message: `${JSON.stringify(name)} is not the name of a ${kind}`,
    params: {
      code: `unknown-${kind}`,
      suggestion: suggestName(name, known, `Known ${kind}s`) ?? `Configure it under ${kind}s.`,
    },
  });
}
