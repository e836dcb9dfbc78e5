import type { CommentStore, FoundComment, RestApi } from '@meshwright/plugin-sdk';
import { commentShape, type GithubComment } from './shapes.ts';

/** The comments of one pull request; GitHub keeps them as those of an issue. */
export function commentsOf(
  api: RestApi,
  repository: string,
  number: number,
  isOwn: (comment: GithubComment) => boolean,
): CommentStore {
  const list = `${repository}/issues/${number}/comments`;
  return {
    async *pages() {
      for await (const page of api.pages(list, commentShape)) {
        yield page.map((comment): FoundComment => ({
          id: comment.id,
          body: comment.body ?? '',
          url: comment.html_url,
          own: isOwn(comment),
        }));
      }
    },
    write: async (body) =>
      (await api.send({ method: 'POST', path: list, body: { body } }, commentShape)).html_url,
    edit: async ({ id }, body) => {
      const path = `${repository}/issues/comments/${id}`;
      return (await api.send({ method: 'PATCH', path, body: { body } }, commentShape)).html_url;
    },
  };
}
