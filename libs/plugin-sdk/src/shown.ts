import { clipped } from '@meshwright/model';

/**
 * Secrets that can be told by their form: tokens of GitHub, GitLab, Slack, Stripe, npm and AWS, JSON Web Tokens, private
 * keys, and what stands after a word that announces one. Each alternative reads on from a fixed beginning.
 */
const secrets = [
  /\b(?:gh[pousr]_|github_pat_|glpat-|xox[a-z]-|xapp-|sk_live_|rk_live_|npm_)[\w-]{10,}/g,
  /\bAKIA[A-Z0-9]{16}\b/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g,
];
const announced = /\b(password|passwd|client_secret|api[_-]?key|bearer)(\s*[:=]\s*|\s+(?=\S*\d))[^\s,;]+/gi;
const inAddress = /\b([a-z][a-z\d+.-]{1,20}:\/\/)[^\s/@]{1,200}@/gi;

/** What stands in place of a secret. */
export const redacted = '(redacted)';

/**
 * Foreign text as people may be shown it: on one line, without characters that act, with at most so many characters, and
 * without what looks like a secret. Values of secret fields never get this far; this is for what people write by mistake.
 */
export function shown(text: string, most: number): string {
  // A secret that begins within what is shown is cut here, and still has its beginning.
  let clean = text.slice(0, most * 10 + 1_000);
  for (const secret of secrets) clean = clean.replace(secret, redacted);
  clean = clean.replace(announced, `$1$2${redacted}`).replace(inAddress, `$1${redacted}@`);
  return clipped(clean, most);
}
