import type { Account } from '@meshwright/model';

/** A comment that is on a pull request. */
export interface FoundComment {
  id: number;
  body: string;
  url: string;
  /** Whether the engine has written it: others may write its marker too. */
  own: boolean;
}

/** The comments of one pull request, as a forge has them. */
export interface CommentStore {
  pages(): AsyncIterable<readonly FoundComment[]>;
  /** Gives the address of the new comment. */
  write(body: string): Promise<string>;
  edit(comment: FoundComment, body: string): Promise<string>;
}

/** Writes the engine's one comment with a marker, or changes it in place; those of others are left alone. */
export async function keepComment(
  store: CommentStore,
  { marker, markdown }: { marker: string; markdown: string },
): Promise<string> {
  const body = markdown.includes(marker) ? markdown : `${marker}\n${markdown}`;
  for await (const page of store.pages()) {
    const kept = page.find((comment) => comment.own && comment.body.includes(marker));
    if (kept !== undefined) return kept.body === body ? kept.url : store.edit(kept, body);
  }
  return store.write(body);
}

/** Asks for something that does not change once, and again only where there was no answer. */
export function askedOnce<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let asked: Promise<Value> | undefined;
  return async () => {
    asked ??= ask();
    try {
      return await asked;
    } catch (error) {
      asked = undefined;
      throw error;
    }
  };
}

/** Each account once, in the order in which they first come. */
export function distinctAccounts(accounts: readonly Account[]): Account[] {
  return [...new Map(accounts.map((account) => [`${account.service}\n${account.id}`, account])).values()];
}
