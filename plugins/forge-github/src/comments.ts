import type { RestApi } from '@meshwright/plugin-sdk';
import { commentShape, type GithubComment } from './shapes.ts';

/** The comments of one pull request; GitHub keeps them as those of an issue. */
export interface Comments {
  /** Writes the one comment with the marker, or changes it in place; gives its address. */
  put(comment: { marker: string; markdown: string }): Promise<string>;
  add(markdown: string): Promise<void>;
}

/** `isOwn` tells which comments the engine has written: others may write its marker too, and theirs are left alone. */
export function commentsOf(
  api: RestApi,
  repository: string,
  number: number,
  isOwn: (comment: GithubComment) => boolean,
): Comments {
  const list = `${repository}/issues/${number}/comments`;

  async function write(body: string): Promise<string> {
    const written = await api.send({ method: 'POST', path: list, body: { body } }, commentShape);
    return written.html_url;
  }

  async function findOwn(marker: string): Promise<GithubComment | undefined> {
    for await (const page of api.pages(list, commentShape)) {
      const own = page.find((comment) => isOwn(comment) && (comment.body ?? '').includes(marker));
      if (own !== undefined) return own;
    }
    return undefined;
  }

  return {
    async put({ marker, markdown }) {
      const body = markdown.includes(marker) ? markdown : `${marker}\n${markdown}`;
      const own = await findOwn(marker);
      if (own === undefined) return write(body);
      if (own.body === body) return own.html_url;
      const path = `${repository}/issues/comments/${own.id}`;
      return (await api.send({ method: 'PATCH', path, body: { body } }, commentShape)).html_url;
    },
    add: async (markdown) => {
      await write(markdown);
    },
  };
}
