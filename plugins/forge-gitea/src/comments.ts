import type { RestApi } from '@meshwright/plugin-sdk';
import { commentShape, userShape } from './shapes.ts';

/** The comments of one pull request. */
export interface Comments {
  /** Writes the one comment with the marker, or changes it in place; gives its address. */
  put(comment: { marker: string; markdown: string }): Promise<string>;
  add(markdown: string): Promise<void>;
}

/** `path` is the repository's, below the API's `/repos`. */
export function commentsOf(api: RestApi, path: string, number: number): Comments {
  const list = `/repos${path}/issues/${number}/comments`;

  async function write(body: string): Promise<string> {
    const written = await api.send({ method: 'POST', path: list, body: { body } }, commentShape);
    return written.html_url;
  }

  async function put({ marker, markdown }: { marker: string; markdown: string }): Promise<string> {
    const body = markdown.includes(marker) ? markdown : `${marker}\n${markdown}`;
    const me = await api.get('/user', userShape);
    // Gitea gives all comments of a pull request at once. Others may write the marker too: theirs are left alone.
    const all = await api.get(list, commentShape.array());
    const own = all.find((comment) => comment.user.id === me.id && comment.body.includes(marker));
    if (own === undefined) return write(body);
    if (own.body === body) return own.html_url;
    const edited = `/repos${path}/issues/comments/${own.id}`;
    const changed = await api.send({ method: 'PATCH', path: edited, body: { body } }, commentShape);
    return changed.html_url;
  }

  return {
    put,
    add: async (markdown) => {
      await write(markdown);
    },
  };
}
