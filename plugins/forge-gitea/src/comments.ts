import type { CommentStore, FoundComment, RestApi } from '@meshwright/plugin-sdk';
import { commentShape, userShape } from './shapes.ts';

/** The comments of one pull request; `path` is the repository's, below the API's `/repos`. */
export function commentsOf(api: RestApi, path: string, number: number): CommentStore {
  const list = `/repos${path}/issues/${number}/comments`;
  return {
    async *pages() {
      const me = await api.get('/user', userShape);
      // Gitea gives all comments of a pull request at once.
      const all = await api.get(list, commentShape.array());
      yield all.map(({ id, body, html_url: url, user }): FoundComment => ({
        id,
        body,
        url,
        own: user.id === me.id,
      }));
    },
    write: async (body) =>
      (await api.send({ method: 'POST', path: list, body: { body } }, commentShape)).html_url,
    edit: async ({ id }, body) => {
      const edited = `/repos${path}/issues/comments/${id}`;
      return (await api.send({ method: 'PATCH', path: edited, body: { body } }, commentShape)).html_url;
    },
  };
}
